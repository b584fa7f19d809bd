/** Enough to tell errors apart, however long the texts are that a message quotes. */
const MAXIMUM_LENGTH = 500;

/** As many as show where an error came from. An error of the application may have any text as its stack. */
const MAXIMUM_FRAMES = 30;

/** The characters that terminals and log viewers act on: control characters, line and paragraph separators, direction marks. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text from a caller or another system as part of one log line: control characters are escaped as in JSON, and the length is limited. */
export function loggable(text: string): string {
  return text.length > MAXIMUM_LENGTH
    ? `${escaped(text.slice(0, MAXIMUM_LENGTH))}…`
    : escaped(text);
}

/** A thrown value for the log: its message, and its stack with the message escaped. */
export function loggableError(thrown: unknown): { message: string; stack: string | undefined } {
  if (!(thrown instanceof Error)) return { message: loggable(textOf(thrown)), stack: undefined };
  const message = loggable(textOf(thrown.message));
  const stack = framesOf(thrown);
  return { message, stack: stack && `${loggable(textOf(thrown.name))}: ${message}\n${stack}` };
}

/**
 * A thrown error for a log that must not show its message: the name, the code and the stack frames; `undefined` if the value is not an
 * error, or cannot be read.
 */
export function loggableFrames(thrown: unknown): string | undefined {
  try {
    return thrown instanceof Error ? readFrames(thrown) : undefined;
  } catch {
    return undefined;
  }
}

function readFrames(thrown: Error): string {
  const { name, code } = thrown as Error & { code?: unknown };
  const kind = typeof code === 'string' ? `${textOf(name)} (${code})` : textOf(name);
  return [loggable(kind), framesOf(thrown)].filter(Boolean).join('\n');
}

function escaped(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const inJson = JSON.stringify(character).slice(1, -1);
    const code = character.codePointAt(0) as number;
    return inJson === character ? `\\u{${code.toString(16)}}` : inJson;
  });
}

/** The frames of a stack, without the message, which may have several lines. */
function framesOf({ stack, message }: Error): string | undefined {
  if (typeof stack !== 'string') return undefined;
  const at = typeof message === 'string' ? stack.indexOf(message) : -1;
  const frames = at < 0 ? stack : stack.slice(at + message.length);
  return frames
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAXIMUM_FRAMES)
    .map(loggable)
    .join('\n');
}

/** A thrown value may be anything, even a value that has no text. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value that has no text';
  }
}
