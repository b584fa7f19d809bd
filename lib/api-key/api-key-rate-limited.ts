export { ApiKeyRateLimited } from '../api/api-key-rate-limited.js';
