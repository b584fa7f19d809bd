/*
 * The mutants that no test notices, compared with those for which survivors.json gives a reason.
 */

const DETECTED = ['Killed', 'Timeout'];
const UNDETECTED = ['Survived', 'NoCoverage'];

/** What no test notices, as survivors.json has it: by the text of the code, which stays when lines move. */
function undetectedIn(mutants) {
  return mutants
    .filter(({ status }) => UNDETECTED.includes(status))
    .map(
      ({ file, source, location, replacement }) =>
        `${file}: ${shorten(textAt(source, location))} => ${shorten(replacement)}`,
    );
}

/**
 * @param mutants all there are
 * @param explained groups of mutants that survive, each with one reason for all of them
 * @returns what survives and is in no group, and what is in a group and does not survive, of the files that these mutants are of
 */
export function compare(mutants, explained) {
  const undetected = undetectedIn(mutants);
  const files = new Set(mutants.map(({ file }) => file));
  const expected = explained
    .flatMap((group) => group.mutants)
    .filter((mutant) => files.has(mutant.slice(0, mutant.indexOf(': '))));
  return { unexplained: without(undetected, expected), noLonger: without(expected, undetected) };
}

/** Each as often as it is: two mutants may have the same text. */
function without(list, others) {
  const rest = [...others];
  return list.filter((one) => {
    const place = rest.indexOf(one);
    if (place >= 0) rest.splice(place, 1);
    return place < 0;
  });
}

/** @returns how many mutants there are, how many of them the tests notice, and how many of 100 that is */
export function tally(mutants) {
  const count = (statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const detected = count(DETECTED);
  const undetected = count(UNDETECTED);
  return {
    mutants: mutants.length,
    killed: count(['Killed']),
    timeouts: count(['Timeout']),
    survived: undetected,
    score: Math.round((1000 * detected) / (detected + undetected)) / 10,
  };
}

function textAt(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, index) =>
      line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
    )
    .join('\n');
}

function shorten(text) {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
