import type { Provider } from '@nestjs/common';
import { ApplicationHandlers } from './application/application-handlers.js';
import { ApplicationRoutes } from './application/application-routes.js';
import { GlobalGuards } from './application/global-guards.js';
import { HandlerAudit } from './handler-audit.js';
import { MountedPathsAudit } from './mounted-paths-audit.js';
import { StartupAudit } from './startup-audit.js';
import { WebhookAudit } from './webhook-audit.js';

/** What checks and describes the application as a whole. Nothing that decides about a call needs it. */
export const auditProviders: Provider[] = [
  ApplicationRoutes,
  ApplicationHandlers,
  GlobalGuards,
  HandlerAudit,
  WebhookAudit,
  StartupAudit,
  MountedPathsAudit,
];
