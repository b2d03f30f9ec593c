import type { MergePolicy, MergeRule, SegmentDefinition } from '../../records';
import { mergeRuleKey, plainRule, ruleOf } from '../merge-rule';
import { asList } from './document-repository';
import type { Metadata } from './open-metadata';
import { ofTenant, type TenantKey } from './tenant-key';

/** Which memberships are looked for: those of certain segments, or of those whose policy has this rule by now. */
export interface StrayFilter {
  readonly ruleKey: string;
  readonly segmentIds?: readonly string[];
}

/** Memberships that stand in a file of another rule. */
export interface Stray {
  readonly segmentId: string;
  readonly file: string;
  readonly ruleKey: string;
}

/** The only class that is merged. */
const profileClass = '_xdm.context.profile';

export interface PolicyRules {
  readonly standard: MergeRule;
  /** Key of the rule, by the policy's id. */
  readonly keys: ReadonlyMap<string, string>;
}

/** What the policies of a tenant mean now. */
export async function policyRules(db: Metadata, key: TenantKey): Promise<PolicyRules> {
  const rows = await db.selectFrom('merge_policy').where(ofTenant(key)).select('body').execute();
  const policies = rows.map(({ body }) => JSON.parse(body) as MergePolicy);
  const standard = policies.find((policy) => policy.isDefault && policy.schemaName === profileClass);
  return {
    standard: standard === undefined ? plainRule : ruleOf(standard),
    keys: new Map(policies.map((policy) => [policy.id, mergeRuleKey(policy)])),
  };
}

/** Memberships that stand with the people of another rule than the one asked for. */
export async function findStrays(
  db: Metadata,
  key: TenantKey,
  { ruleKey, segmentIds }: StrayFilter,
): Promise<readonly Stray[]> {
  const heads = await db
    .selectFrom('membership_head')
    .where(ofTenant(key))
    .where('merge_rule', '<>', ruleKey)
    .selectAll()
    .execute();
  if (heads.length === 0) return [];
  const ids = new Set(segmentIds ?? (await segmentsOfRule(db, key, { ruleKey, heads })));
  return heads
    .filter((head) => ids.has(head.segment_id))
    .map((head) => ({ segmentId: head.segment_id, file: head.file, ruleKey: head.merge_rule }));
}

interface HeadsOfOthers {
  readonly ruleKey: string;
  readonly heads: readonly { readonly segment_id: string }[];
}

/** Those of the segments whose merge policy has this rule now. */
async function segmentsOfRule(
  db: Metadata,
  key: TenantKey,
  { ruleKey, heads }: HeadsOfOthers,
): Promise<readonly string[]> {
  const { standard, keys } = await policyRules(db, key);
  const isNamed = mergeRuleKey(standard) === ruleKey || [...keys.values()].includes(ruleKey);
  if (!isNamed) return [];
  const rows = await db
    .selectFrom('segment_definition')
    .where(ofTenant(key))
    .where('id', 'in', asList(heads.map((head) => head.segment_id)))
    .select('body')
    .execute();
  return rows
    .map(({ body }) => JSON.parse(body) as SegmentDefinition)
    .filter(({ mergePolicyId }) => (keys.get(mergePolicyId) ?? mergeRuleKey(standard)) === ruleKey)
    .map(({ id }) => id);
}
