import { defineConfig } from 'prisma/config';

export default defineConfig({ schema: 'src/data/prisma/schema.prisma' });
