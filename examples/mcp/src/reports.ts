import { Injectable } from '@nestjs/common';

export interface Report {
  readonly id: string;
  readonly title: string;
  isApproved: boolean;
}

/** The reports of each organization. */
@Injectable()
export class Reports {
  private readonly byOrg = new Map<string, Report[]>();

  of(orgId: string): Report[] {
    const reports = this.byOrg.get(orgId) ?? [
      { id: 'q3', title: 'Third quarter', isApproved: true },
      { id: 'q4', title: 'Fourth quarter', isApproved: false },
    ];
    this.byOrg.set(orgId, reports);
    return reports;
  }

  approve(orgId: string, reportId: string): Report | undefined {
    const report = this.of(orgId).find(({ id }) => id === reportId);
    if (report !== undefined) report.isApproved = true;
    return report;
  }
}
