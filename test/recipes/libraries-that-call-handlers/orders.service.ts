import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';

@Injectable()
export class OrdersService extends EventEmitter<{ placed: [orderId: string, userId: string] }> {
  place(orderId: string, userId: string) {
    this.emit('placed', orderId, userId);
  }
}
