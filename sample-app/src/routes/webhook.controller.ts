import { Controller, Headers, HttpCode, Logger, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PropelAuthWebhook, WebhookEvent, type PropelAuthWebhookEvent } from 'nestjs-propelauth';

@Controller('api/webhooks')
@ApiTags('Webhooks')
export class WebhookController {
  private readonly logger = new Logger('Webhooks');
  /** In an application of several processes these are in its database, for some days. */
  private readonly handled = new Set<string>();

  @Post('propelauth')
  @HttpCode(200)
  @PropelAuthWebhook()
  @ApiOperation({ summary: 'For PropelAuth, which signs what it sends' })
  receive(@WebhookEvent() event: PropelAuthWebhookEvent, @Headers('svix-id') id: string) {
    const isNew = !this.handled.has(id);
    this.handled.add(id);
    if (isNew) this.logger.log(`PropelAuth says: ${event.event_type}`);
    return { received: event.event_type, isNew };
  }
}
