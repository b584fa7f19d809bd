export { ApiKeyRefusal, type ApiKeyRefusalReason } from '../api/api-key-refusal.js';
