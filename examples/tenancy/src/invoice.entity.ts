import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Without `org_id`: PostgreSQL sets it, and filters by it. */
@Entity('invoices')
export class Invoice {
  @PrimaryGeneratedColumn('uuid')
  readonly id!: string;

  @Column('text')
  readonly number!: string;
}
