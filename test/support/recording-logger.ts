import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';

/** A logger for `app.useLogger()` that keeps every line of every level, as a log would show it. */
export class RecordingLogger implements LoggerService {
  readonly lines: { level: string; text: string }[] = [];

  log = this.recorder('log');
  error = this.recorder('error');
  warn = this.recorder('warn');
  debug = this.recorder('debug');
  verbose = this.recorder('verbose');
  fatal = this.recorder('fatal');

  /** The lines of one level. */
  of(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map(({ text }) => text);
  }

  /** Everything in one text. */
  get text(): string {
    return this.lines.map(({ text }) => text).join('\n');
  }

  private recorder(level: string) {
    return (...parts: unknown[]) => {
      const text = parts.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' ');
      this.lines.push({ level, text });
    };
  }
}
