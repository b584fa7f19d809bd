import { percentile } from '../statistics.mjs';

/** The largest delay at p99, in seconds. */
const MAXIMUM_P99 = 1;

/**
 * The figures of a scenario.
 *
 * @returns texts by what they are about, and what breaks a bound
 */
export function figuresOf({
  changes,
  requests,
  outages,
  instances,
  late,
  model,
  questions,
  pulseSeconds,
}) {
  const counts = { right: 0, 'old access': 0, 'brief denial': 0, unavailable: 0 };
  const violations = [];
  for (const request of requests) {
    const verdict = model.verdictOn(request);
    counts[verdict] = (counts[verdict] ?? 0) + 1;
    if (['old access', 'wrong denial', 'failure'].includes(verdict)) {
      violations.push(`${verdict}: ${describe(request)}${historyOf(request.token.userId)}`);
    }
  }

  const undisturbed = instances.map((instance) =>
    delaysOn(instance, (change) => !model.isDelayed(change, instance)),
  );
  const disturbed = instances.flatMap((instance) =>
    delaysOn(instance, (change) => model.isDelayed(change, instance)),
  );
  for (const delays of undisturbed) {
    if (delays.length > 0 && percentile(delays, 0.99) > MAXIMUM_P99) {
      violations.push(`p99 is ${percentile(delays, 0.99).toFixed(2)} s`);
    }
  }
  const early = changes.flatMap(({ deliveries }) => deliveries).filter(isDuringOutage);
  if (early.length > 0) violations.push(`${early.length} webhooks got 2xx during an outage`);

  return {
    violations,
    figures: {
      requests: String(requests.length),
      'changes (with tries of old access, per instance)': `${changes.length} (${undisturbed.map(({ length }) => length).join(', ')})`,
      'old access, p50 per instance': perInstance((delays) => percentile(delays, 0.5)),
      'old access, p99 per instance': perInstance((delays) => percentile(delays, 0.99)),
      'old access, longest per instance': perInstance((delays) => Math.max(...delays)),
      'longest after an outage': disturbed.length > 0 ? seconds(Math.max(...disturbed)) : '–',
      'longest of an instance started afterwards':
        late === undefined ? '–' : seconds(Math.max(0, ...delaysOn(late, () => true))),
      'let in, denied by the model': String(counts['old access']),
      'rejected, allowed by the model': String(counts['wrong denial'] ?? 0),
      'brief denials': String(counts['brief denial']),
      '503 after a 429 of PropelAuth': String(counts.unavailable),
      'without an answer, or another status': String(counts.failure ?? 0),
      'questions to PropelAuth': String(questions),
      'longest answer of a public route': seconds(pulseSeconds),
    },
  };

  function delaysOn(instance, matches) {
    return changes
      .filter(matches)
      .map((change) => model.lastOldAccess(change, instance, requests))
      .filter((delay) => delay !== undefined);
  }

  function perInstance(figure) {
    return undisturbed
      .map((delays) => (delays.length > 0 ? seconds(figure(delays)) : '–'))
      .join(', ');
  }

  /** The changes of a user's access, and when their events were delivered. */
  function historyOf(userId) {
    return changes
      .filter(({ userIds }) => userIds.includes(userId))
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

  function isDuringOutage({ at, status, answeredAt }) {
    const isSuccess = status >= 200 && status < 300;
    return (
      isSuccess && outages.some(({ downFrom, downTo }) => at > downFrom && answeredAt < downTo)
    );
  }
}

function seconds(value) {
  return `${value.toFixed(2)} s`;
}

function describe({ token, route, instance, sentAt, answeredAt, status, reason }) {
  return (
    `${status} ${reason} for ${token.userId} of ${token.accessOf.toFixed(2)}, ${route.needs} of ${route.orgId ?? 'none'}, on instance ${instance.index}, ` +
    `from ${sentAt.toFixed(2)} to ${answeredAt.toFixed(2)}`
  );
}
