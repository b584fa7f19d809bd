import { NestFactory } from '@nestjs/core';
import { describeAccess } from 'nestjs-propelauth';
import { AppModule } from './app.module.js';
import { setUpDocs } from './docs.js';
import { startMessage } from './start-message.js';

const port = process.env.PORT ?? 3000;
const app = await NestFactory.create(AppModule);
setUpDocs(app);
await app.listen(port);
console.log(startMessage(`http://localhost:${port}`, describeAccess(app)));
