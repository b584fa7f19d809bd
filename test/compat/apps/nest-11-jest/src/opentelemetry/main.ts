import { NestFactory } from '@nestjs/core';
import { TracedModule } from './traced.module';
import { exporter } from './tracing';

/** Sends its URL to the parent process, and the spans since the last time for each message. */
async function bootstrap() {
  const app = await NestFactory.create(TracedModule, { logger: ['warn', 'error', 'fatal'] });
  await app.listen(0, '127.0.0.1');
  process.on('message', () => {
    const spans = exporter.getFinishedSpans().map(({ name, attributes }) => ({ name, attributes }));
    exporter.reset();
    process.send?.(spans);
  });
  process.send?.(await app.getUrl());
}
void bootstrap();
