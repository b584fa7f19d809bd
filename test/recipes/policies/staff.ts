import { Injectable } from '@nestjs/common';

export type StaffRole = 'support' | 'finance';

/** Instead of a table. */
@Injectable()
export class Staff {
  private readonly roles = new Map<string, StaffRole[]>([
    ['user-sam', ['support']],
    ['user-fay', ['finance']],
  ]);

  async hasRole(userId: string, role: StaffRole): Promise<boolean> {
    return this.roles.get(userId)?.includes(role) === true;
  }
}
