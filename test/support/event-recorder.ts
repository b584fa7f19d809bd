import { Injectable } from '@nestjs/common';
import { OnPropelAuthEvent, type PropelAuthEvent } from 'nestjs-propelauth';

/** The events that {@link EventRecorder} got, in order. Suites share it: empty it before each test. */
export const received: PropelAuthEvent[] = [];

/** A provider that records every event, and fails to handle `user.locked`. */
@Injectable()
export class EventRecorder {
  @OnPropelAuthEvent()
  record(event: PropelAuthEvent) {
    received.push(event);
    if (event.event_type === 'user.locked') throw new Error('broken');
  }
}
