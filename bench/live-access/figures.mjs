import { percentile } from '../statistics.mjs';

/** The largest delay at p99, in seconds. */
const MAXIMUM_P99 = 1;

/** The verdicts of the model that break a bound. */
const WRONG_VERDICTS = ['old access', 'wrong denial', 'failure'];

/**
 * The figures of a scenario.
 *
 * @param run what {@link runScenario} returns
 * @returns texts by what they are about, and what breaks a bound
 */
export function figuresOf(run) {
  const { changes, requests, instances, late, model, questions, pulseSeconds } = run;
  const verdicts = requests.map((request) => ({ request, verdict: model.verdictOn(request) }));
  const delays = instances.map((instance) =>
    delaysOn(run, instance, (change) => !model.isDelayed(change, instance)),
  );
  const afterOutages = instances.flatMap((instance) =>
    delaysOn(run, instance, (change) => model.isDelayed(change, instance)),
  );
  const ofLate = late && delaysOn(run, late, () => true);
  return {
    violations: [
      ...verdicts
        .filter(({ verdict }) => WRONG_VERDICTS.includes(verdict))
        .map(
          ({ verdict, request }) => `${verdict}: ${describe(request)}${historyOf(run, request)}`,
        ),
      ...delays
        .map((ofInstance) => percentile(ofInstance, 0.99))
        .filter((p99) => p99 > MAXIMUM_P99)
        .map((p99) => `p99 is ${seconds(p99)}`),
      ...acceptedDuringOutages(run).map(
        ({ at }) => `A webhook got 2xx during an outage, at ${at.toFixed(2)}`,
      ),
    ],
    figures: {
      requests: String(requests.length),
      'changes (with tries of old access, per instance)': `${changes.length} (${delays.map(({ length }) => length).join(', ')})`,
      'old access, p50 per instance': perInstance((ofInstance) => percentile(ofInstance, 0.5)),
      'old access, p99 per instance': perInstance((ofInstance) => percentile(ofInstance, 0.99)),
      'old access, longest per instance': perInstance(longest),
      'longest after an outage': seconds(longest(afterOutages)),
      'longest of an instance started afterwards': seconds(ofLate && longest([0, ...ofLate])),
      'let in, denied by the model': count('old access'),
      'rejected, allowed by the model': count('wrong denial'),
      'brief denials': count('brief denial'),
      '503 after a 429 of PropelAuth': count('unavailable'),
      'without an answer, or another status': count('failure'),
      'questions to PropelAuth': String(questions),
      'longest answer of a public route': seconds(pulseSeconds),
    },
  };

  function count(wanted) {
    return String(verdicts.filter(({ verdict }) => verdict === wanted).length);
  }

  function perInstance(figure) {
    return delays.map((ofInstance) => seconds(figure(ofInstance))).join(', ');
  }
}

/** How long old access lasted on an instance, for each change that matches and that a request tried. */
function delaysOn({ changes, requests, model }, instance, matches) {
  return changes
    .filter(matches)
    .map((change) => model.lastOldAccess(change, instance, requests))
    .filter((delay) => delay !== undefined);
}

function acceptedDuringOutages({ changes, outages }) {
  return changes
    .flatMap(({ deliveries }) => deliveries)
    .filter(
      ({ at, status, answeredAt }) =>
        status >= 200 &&
        status < 300 &&
        outages.some(({ downFrom, downTo }) => at > downFrom && answeredAt < downTo),
    );
}

/** The changes of the access of a request's user, and when their events were delivered. */
function historyOf({ changes }, { token }) {
  return changes
    .filter(({ userIds }) => userIds.includes(token.userId))
    .map(({ event, changedAt, deliveries }) => {
      const arrivals = deliveries.map(
        ({ instance, at, status, answeredAt }) =>
          `${at.toFixed(2)} at ${instance.index} (${status} at ${answeredAt.toFixed(2)})`,
      );
      const orgId = event.org_id ?? 'no organization';
      return `\n  ${changedAt.toFixed(2)} ${event.event_type} ${orgId}, told ${arrivals.join(', ')}`;
    })
    .join('');
}

/** @returns `undefined` for an empty list */
function longest(delays) {
  return delays.length > 0 ? Math.max(...delays) : undefined;
}

function seconds(value) {
  return value === undefined ? '–' : `${value.toFixed(2)} s`;
}

function describe({ token, route, instance, sentAt, answeredAt, status, reason }) {
  return (
    `${status} ${reason} for ${token.userId} of ${token.accessOf.toFixed(2)}, ${route.needs} of ${route.orgId ?? 'none'}, on instance ${instance.index}, ` +
    `from ${sentAt.toFixed(2)} to ${answeredAt.toFixed(2)}`
  );
}
