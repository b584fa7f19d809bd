/** Whether the process runs with `NODE_ENV=production`. */
export function isProduction(): boolean {
  return process.env.NODE_ENV?.trim().toLowerCase() === 'production';
}
