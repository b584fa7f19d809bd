/** Whether the process runs with `NODE_ENV=production`. */
export function isProduction(): boolean {
  return nodeEnvironment() === 'production';
}

/** Whether the process runs with `NODE_ENV=development`. */
export function isDevelopment(): boolean {
  return nodeEnvironment() === 'development';
}

function nodeEnvironment(): string | undefined {
  return process.env.NODE_ENV?.trim().toLowerCase();
}
