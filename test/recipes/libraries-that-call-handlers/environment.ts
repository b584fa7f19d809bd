export const STRIPE_WEBHOOK_SECRET = 'whsec_for_tests';

Object.assign(process.env, { STRIPE_API_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET });
