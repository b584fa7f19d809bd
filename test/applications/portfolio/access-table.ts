import type { AccessTable } from 'nestjs-propelauth/testing';

/** Who may call which handler of the portfolio: one of them public. */
export const PORTFOLIO_TABLE: AccessTable = {
  'GET /portfolio': 'user or legacy user or portfolio key, with account',
  'POST /orders': 'user or legacy user or portfolio key, permission order.create',
  'GET /portfolios/:portfolioId':
    'user or portfolio key, either members of the org found by firm or invited as viewer, with shared-portfolio',
  'PUT /portfolios/:portfolioId':
    'user or portfolio key, either Admin and above of the org found by firm or invited as editor, with shared-portfolio',
  'POST /keys': 'user, not impersonated, with account',
  'GET /export': 'personal API key',
  'GET /info': 'public',
};
