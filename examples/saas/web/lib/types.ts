export interface Project {
  readonly id: string;
  readonly name: string;
  readonly archivedAt: string | null;
}

export interface Task {
  readonly id: string;
  readonly title: string;
  readonly assigneeId: string | null;
  readonly done: boolean;
}
