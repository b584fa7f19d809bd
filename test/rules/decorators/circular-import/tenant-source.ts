import { orgFromHeader } from 'nestjs-propelauth';
import { TENANT_HEADER } from './reports.controller.js';

export const tenantSource = orgFromHeader(TENANT_HEADER);
