/**
 * What the backbone asks of PostgreSQL. Each statement takes many topics at once, is a transaction of its own, and locks
 * topics in the order of their names, so that no two of them can wait for each other. Times are the server's.
 *
 * A lease is held where holder and fence are right and it has not ended: the holder, too, for a server that took over may
 * have forgotten that a fence was given and give it again.
 */

/**
 * When others may take the lease of topic `t`: at its end, or before, where its holder is silent for so many ms. A lease
 * that was taken or renewed is a sign of life.
 */
function openAt(leaseMs: string, silentMs: string): string {
  return `least(t.held_until, ${silentMs} * interval '1 ms' + greatest(
    t.held_until - ${leaseMs} * interval '1 ms',
    (select r.seen_at from backbone_replica r where r.replica = t.holder)))`;
}

/**
 * $1 topics, $2 whether a lease is wanted, $3 replica, $4 ms of a lease, $5 ms after which use is written down, $6 ms after
 * which a holder counts as silent.
 */
export const takeLeases = `
  with server as (select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline),
  asked as (
    select a.topic, a.wants
    from unnest($1::text[], $2::boolean[]) as a (topic, wants)
    left join backbone_topic t on t.topic = a.topic
    where t.topic is null
      or t.timeline <> (select timeline from server)
      or t.used_at < clock_timestamp() - $5 * interval '1 ms'
      or (a.wants and (t.held_until is null or ${openAt('$4', '$6')} <= clock_timestamp() or t.holder = $3))
  )
  insert into backbone_topic as t (topic, log, timeline, fence, holder, held_until, used_at)
  select topic, gen_random_uuid()::text, (select timeline from server),
    case when wants then nextval('backbone_fence') else 0 end,
    case when wants then $3 end,
    case when wants then clock_timestamp() + $4 * interval '1 ms' end,
    clock_timestamp()
  from asked order by topic
  on conflict (topic) do update set
    log = case when t.timeline = excluded.timeline then t.log else excluded.log end,
    timeline = excluded.timeline,
    used_at = excluded.used_at,
    fence = case
      when excluded.holder is null then t.fence
      when t.held_until > excluded.used_at and t.holder = excluded.holder then t.fence
      when ${openAt('$4', '$6')} > excluded.used_at then t.fence
      else greatest(excluded.fence, t.fence + 1) end,
    holder = case
      when excluded.holder is null or ${openAt('$4', '$6')} > excluded.used_at then t.holder
      else excluded.holder end,
    held_until = case
      when excluded.holder is null or (${openAt('$4', '$6')} > excluded.used_at and t.holder <> excluded.holder) then t.held_until
      else excluded.held_until end`;

export interface AttendedRow {
  readonly place: string;
  readonly log: string;
  readonly head: string;
  readonly fence: string;
  readonly is_mine: boolean;
  readonly held_for_ms: number;
  readonly is_gap: boolean;
  /** Null: no entries. */
  readonly sequence: string | null;
  readonly body: string | null;
}

/**
 * $1 topics, $2 names of known logs, $3 known sequences, $4 replica, $5 ms of a lease, $6 ms of silence: a row an entry, at
 * least one a topic.
 */
export const readLogs = `
  select a.place, t.log, t.head, t.fence, g.is_gap, e.sequence, e.body,
    coalesce(t.holder = $4 and t.held_until > clock_timestamp(), false) as is_mine,
    coalesce(greatest(0, ceil(extract(epoch from ${openAt('$5', '$6')} - clock_timestamp()) * 1000)), 0)::integer as held_for_ms
  from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality as a (topic, log, sequence, place)
  join backbone_topic t on t.topic = a.topic
  cross join lateral (
    select coalesce(a.log <> t.log or a.sequence < t.lost_to or a.sequence > t.head, false) as is_gap
  ) g
  left join backbone_entry e
    on e.topic = t.topic and e.sequence > case when a.log is null or g.is_gap then 0 else a.sequence end
  order by a.place, e.sequence`;

/** $1 topics, $2 fences, $3 replica: what is held of them, locked. */
const held = `
  held as (
    select t.topic from backbone_topic t
    join unnest($1::text[], $2::bigint[]) as a (topic, fence) on a.topic = t.topic and a.fence = t.fence
    where t.holder = $3 and t.held_until > clock_timestamp()
    order by t.topic
    for update of t
  )`;

export interface AppendedRow extends HeldRow {
  readonly log: string;
  /** The end of the log before. */
  readonly base: string;
}

/** $1–$3 as in `held`, $4 how many sequences each takes; the entries: $5 topics, $6 nth of its topic, $7 keys, $8 bodies. */
export const appendEntries = `
  with ${held},
  moved as (
    update backbone_topic t set head = t.head + a.taken, used_at = clock_timestamp()
    from held h join unnest($1::text[], $2::bigint[], $4::integer[]) as a (topic, fence, taken) on a.topic = h.topic
    where t.topic = h.topic and t.fence = a.fence
    returning t.topic, t.fence, t.log, t.head - a.taken as base
  ),
  added as (
    insert into backbone_entry (topic, sequence, key, body)
    select m.topic, m.base + e.nth, e.key, e.body
    from unnest($5::text[], $6::integer[], $7::text[], $8::text[]) as e (topic, nth, key, body)
    join moved m on m.topic = e.topic
    on conflict (topic, key) where key is not null
      do update set sequence = excluded.sequence, body = excluded.body
  )
  select topic, fence, log, base from moved`;

export interface HeldRow {
  readonly topic: string;
  readonly fence: string;
}

/** $1–$3 as in `held`, $4 ms. */
export const renewLeases = `
  with ${held}
  update backbone_topic t set held_until = clock_timestamp() + $4 * interval '1 ms'
  from held where t.topic = held.topic
  returning t.topic, t.fence`;

/** $1 replica. */
export const beatReplica = `
  insert into backbone_replica (replica, seen_at) values ($1, clock_timestamp())
  on conflict (replica) do update set seen_at = excluded.seen_at`;

/** $1–$3 as in `held`. */
export const releaseLeases = `
  with ${held}
  update backbone_topic t set holder = null, held_until = null, used_at = clock_timestamp()
  from held where t.topic = held.topic
  returning t.topic, t.fence`;

/** $1 topics, $2 how many entries each may keep. */
export const dropOldEntries = `
  with long as (
    select topic from backbone_topic where topic = any($1::text[]) and head - lost_to > $2 order by topic for update
  ),
  over as (
    select e.topic, e.sequence from long cross join lateral (
      select topic, sequence from backbone_entry where topic = long.topic order by sequence desc offset $2
    ) e
  ),
  gone as (
    delete from backbone_entry e using over o where e.topic = o.topic and e.sequence = o.sequence
    returning e.topic, e.sequence
  )
  update backbone_topic t set lost_to = greatest(t.lost_to, g.sequence)
  from (select topic, max(sequence) as sequence from gone group by topic) g where t.topic = g.topic`;

/** $1 ms since the last use, $2 lock of whoever sweeps, $3 how many at most. */
export const forgetTopics = `
  delete from backbone_topic where topic in (
    select topic from backbone_topic
    where (select pg_try_advisory_xact_lock($2))
      and used_at < clock_timestamp() - $1 * interval '1 ms'
      and (held_until is null or held_until < clock_timestamp())
    order by topic limit $3
    for update skip locked
  )`;

/** $1 ms since the last sign of life: no lease is as long. */
export const forgetReplicas = `delete from backbone_replica where seen_at < clock_timestamp() - $1 * interval '1 ms'`;

/** $1 channel, $2 payloads. */
export const tellHints = `select pg_notify($1, payload) from unnest($2::text[]) as payload`;
