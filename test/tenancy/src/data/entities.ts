import {
  Column,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  type Relation,
  ViewColumn,
  ViewEntity,
} from 'typeorm';

/** PostgreSQL sets the column to the organization of the transaction: see sql/2-tables.sql. */
const tenant = () => `nullif(current_setting('app.org_id', true), '')`;

@Entity('invoices')
export class InvoiceEntity {
  @PrimaryGeneratedColumn('uuid')
  readonly id!: string;

  @Column('text', { name: 'org_id', default: tenant })
  readonly orgId!: string;

  @Column('text')
  readonly number!: string;

  @OneToMany(() => InvoiceLineEntity, (line) => line.invoice, { cascade: ['insert'] })
  readonly lines!: InvoiceLineEntity[];
}

@Entity('invoice_lines')
export class InvoiceLineEntity {
  @PrimaryGeneratedColumn('uuid')
  readonly id!: string;

  @ManyToOne(() => InvoiceEntity, (invoice) => invoice.lines)
  @JoinColumn([
    { name: 'org_id', referencedColumnName: 'orgId' },
    { name: 'invoice_id', referencedColumnName: 'id' },
  ])
  readonly invoice!: Relation<InvoiceEntity>;

  @Column('integer')
  readonly cents!: number;
}

@ViewEntity('invoice_totals')
export class InvoiceTotalEntity {
  @ViewColumn({ name: 'org_id' })
  readonly orgId!: string;

  @ViewColumn()
  readonly id!: string;

  @ViewColumn()
  readonly number!: string;

  @ViewColumn()
  readonly cents!: number;
}

export const entities = [InvoiceEntity, InvoiceLineEntity, InvoiceTotalEntity];
