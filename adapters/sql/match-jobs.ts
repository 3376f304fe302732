import type { Knex } from 'knex';
import type { JobFilter, JobOrder, JobPage } from '../../src/ports.ts';
import { WORDS, type Word } from './counts/words.ts';
import { toSqlTime } from './time.ts';

export const ORDER_COLUMNS = { createTime: 'create_time', updateTime: 'update_time' } as const;

/** The words that a filter asks for, by column. */
export function wordsOf(filter: JobFilter): ReadonlyMap<Word, readonly string[]> {
  const { owner, jobType, jobAction, status, preStatus } = filter;
  const asked = { owner, job_type: jobType, job_action: jobAction, status, pre_status: preStatus };
  return new Map(WORDS.flatMap((word) => (asked[word] ? [[word, asked[word]]] : [])));
}

/** Whether nothing but words is asked for. */
export function isOfWords({ jobIds, createdAfter, createdBefore }: JobFilter): boolean {
  return jobIds === undefined && createdAfter === undefined && createdBefore === undefined;
}

/** Narrows a query to rows that have the words. @param prefix of the columns, such as `j.` */
export function matchWords(query: Knex.QueryBuilder, filter: JobFilter, prefix = ''): Knex.QueryBuilder {
  for (const [word, words] of wordsOf(filter)) anyOf(query, prefix + word, words);
  return query;
}

/** Narrows a query to jobs that readers see and that the filter matches. */
export function matchJobs(query: Knex.QueryBuilder, filter: JobFilter, prefix = ''): Knex.QueryBuilder {
  if (filter.jobIds) anyOf(query, `${prefix}job_id`, filter.jobIds);
  return matchTimes(matchWords(query, filter, prefix), filter, prefix);
}

/** The part of {@link matchJobs} that is not about words or ids. */
export function matchTimes(query: Knex.QueryBuilder, filter: JobFilter, prefix: string): Knex.QueryBuilder {
  const { createdAfter, createdBefore } = filter;
  const column = `${prefix}create_time`;
  void query.whereNull(`${prefix}hidden_time`);
  if (createdAfter !== undefined) void query.where(column, '>', toSqlTime(createdAfter));
  if (createdBefore !== undefined) void query.where(column, '<', toSqlTime(createdBefore));
  return query;
}

/** Orders a query of jobs and cuts a page out of it. */
export function cutPage(
  query: Knex.QueryBuilder,
  order: JobOrder,
  { offset, limit, after }: JobPage,
  prefix = '',
): Knex.QueryBuilder {
  inOrder(query, order, prefix).limit(limit);
  if (offset > 0) void query.offset(offset);
  if (!after) return query;
  const column = prefix + ORDER_COLUMNS[order.by];
  const time = toSqlTime(after.time);
  const beyond = order.descending ? '<' : '>';
  // The first condition bounds the index range; the second sorts out equal times.
  return query
    .where(column, `${beyond}=`, time)
    .where(
      (either) => void either.where(column, beyond, time).orWhere(`${prefix}job_id`, beyond, after.jobId),
    );
}

export function inOrder(
  query: Knex.QueryBuilder,
  { by, descending }: JobOrder,
  prefix: string,
): Knex.QueryBuilder {
  const direction = descending ? 'desc' : 'asc';
  return query.orderBy(prefix + ORDER_COLUMNS[by], direction).orderBy(`${prefix}job_id`, direction);
}

function anyOf(query: Knex.QueryBuilder, column: string, words: readonly string[]): void {
  if (words.length === 1) void query.where(column, words[0] as string);
  else void query.whereIn(column, [...words]);
}
