/** Enough to tell one error from another, however much of a message it quotes. */
const MAXIMUM_LENGTH = 500;

/** What a terminal or a viewer of logs acts on: control characters, line and paragraph separators, marks of direction. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text of a caller or another system as part of one log line: control characters are escaped as in JSON, and the length is limited. */
export function loggable(text: string): string {
  return text.length > MAXIMUM_LENGTH
    ? `${escaped(text.slice(0, MAXIMUM_LENGTH))}…`
    : escaped(text);
}

/** What was thrown as a log shows it: its message, and its stack, in which the message is not repeated as it is. */
export function loggableError(thrown: unknown): { message: string; stack: string | undefined } {
  if (!(thrown instanceof Error)) return { message: loggable(textOf(thrown)), stack: undefined };
  const message = loggable(textOf(thrown.message));
  const stack = framesOf(thrown);
  return { message, stack: stack && `${loggable(textOf(thrown.name))}: ${message}\n${stack}` };
}

/**
 * What was thrown as a log shows it where the message may not be shown: the name of the error, its code, and where it was thrown; `undefined`
 * for what is no error, and for one that cannot be read.
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

/** The lines of the stack below the message, which may have several. */
function framesOf({ stack, message }: Error): string | undefined {
  if (typeof stack !== 'string') return undefined;
  const at = typeof message === 'string' ? stack.indexOf(message) : -1;
  const frames = at < 0 ? stack : stack.slice(at + message.length);
  return frames
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map(escaped)
    .join('\n');
}

/** Whatever was thrown can be anything, also what has no text. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value that has no text';
  }
}
