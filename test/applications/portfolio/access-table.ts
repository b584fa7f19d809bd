import type { AccessTable } from 'nestjs-propelauth/testing';

/** Who may call which handler of the portfolio: one of them public. */
export const PORTFOLIO_TABLE: AccessTable = {
  'GET /portfolio': 'user or legacy user or portfolio key, with account',
  'POST /orders': 'user or legacy user or portfolio key',
  'POST /keys': 'user, not impersonated, with account',
  'GET /export': 'personal API key',
  'GET /info': 'public',
};
