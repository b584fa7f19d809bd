/*
 * Keeps what the local module remembers out of the cache folder of whoever runs the tests.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';

process.env['XDG_CACHE_HOME'] = join(tmpdir(), 'nestjs-propelauth-tests');
