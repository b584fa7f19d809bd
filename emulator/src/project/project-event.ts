/** An event as PropelAuth sends it: its type, and the ids and names that it is about. */
export interface ProjectEvent {
  readonly event_type:
    | 'user.created'
    | 'user.updated'
    | 'user.deleted'
    | 'user.enabled'
    | 'user.disabled'
    | 'user.login'
    | 'user.logged_out'
    | 'user.added_to_org'
    | 'user.role_changed_within_org'
    | 'user.removed_from_org'
    | 'user.invited_to_org'
    | 'user.deleted_personal_api_key'
    | 'org.created'
    | 'org.updated'
    | 'org.deleted'
    | 'org.api_key_deleted';
  readonly [field: string]: unknown;
}

/** Is called for an event when the change has been made. */
export type EventListener = (event: ProjectEvent) => void;
