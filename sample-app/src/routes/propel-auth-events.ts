import { Injectable, Logger } from '@nestjs/common';
import { OnPropelAuthEvent, type PropelAuthEvent } from 'nestjs-propelauth';

/** What the app does when PropelAuth sends an event to its webhook. */
@Injectable()
export class PropelAuthEvents {
  private readonly logger = new Logger('Webhooks');

  @OnPropelAuthEvent()
  log(event: PropelAuthEvent) {
    this.logger.log(`PropelAuth says: ${event.event_type}`);
  }
}
