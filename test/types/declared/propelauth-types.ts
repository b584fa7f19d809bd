import 'nestjs-propelauth';

/** An interface, and no type alias: it fits index signatures only when it is copied. */
interface Metadata {
  plan: 'free' | 'pro';
}

/** A class, whose methods stay. */
export class DeclaredAccount {
  constructor(readonly id: number) {}

  isBlocked(): boolean {
    return this.id === 0;
  }
}

declare module 'nestjs-propelauth' {
  interface PropelAuthTypes {
    role: 'Owner' | 'Admin' | 'Member';
    permission: 'can_view_billing' | 'can_edit_billing';
    userProperties: { department?: string; seats?: number };
    orgMetadata: Metadata;
    account: DeclaredAccount;
  }
}
