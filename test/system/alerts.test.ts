import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { operationNames } from '../../src/operations/index.ts';
import { REASONS } from '../../src/errors.ts';
import { callAction, callRest } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { startGateway } from '../support/gateway.ts';
import { readExpression, readSeries } from '../support/promql.ts';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const rules = parse(await read('deploy/prometheus/alerts.yaml')) as {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
};
const alerts = rules.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(await read('deploy/grafana/jobgate.json')) as {
  panels: { title: string; targets: { expr: string; legendFormat: string }[] }[];
};
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ where: `the panel ${title}`, expr, legendFormat })),
);

/** Labels that Prometheus itself gives to what it scrapes. */
const TARGET_LABELS = new Set(['job', 'instance']);
/** Values that need not have come up yet. */
const POSSIBLE: Readonly<Record<string, ReadonlySet<string>>> = {
  outcome: new Set(['ok', ...REASONS]),
  operation: new Set(['unknown', ...operationNames]),
};

describe('the expressions of the alerts and of the dashboard', () => {
  it('ask for what an instance shows, by its names, labels and values', async () => {
    await using gateway = await startGateway('servers');
    const token = await gateway.logIn();
    await callRest(gateway, token, '/v1/jobs');
    await callRest(gateway, token, '/v1/jobs/j-nothing00');
    await callAction(gateway, { action: 'DescribeJobs', job_ids: 'j-3K2CQ4h6' });
    const scrape = async (): Promise<string> => (await fetch(`${gateway.base}/metrics`)).text();
    await eventually('the cache is on', async () => /^jobgate_cache_on 1$/m.test(await scrape()));
    await callRest(gateway, token, '/v1/jobs/j-3K2CQ4h6');
    await callRest(gateway, token, '/v1/jobs/j-3K2CQ4h6');
    const series = readSeries(await scrape());

    const ofAlerts = alerts.map(({ alert, expr }) => ({ where: alert, expr }));
    let looked = 0;
    for (const { where, expr } of [...ofAlerts, ...queries]) {
      const { selectors, groupedBy } = readExpression(expr.replaceAll('$__rate_interval', '5m'));
      assert.ok(selectors.length > 0, where);
      for (const { metric, matchers } of selectors) {
        looked++;
        // Prometheus' own word on a scrape.
        if (metric === 'up') continue;
        const found = series.get(metric);
        assert.ok(found, `${where} asks for ${metric}, which nobody shows`);
        for (const { label, operator, value } of matchers.filter(({ label }) => !TARGET_LABELS.has(label))) {
          const known = new Set([...found.map((labels) => labels[label]), ...(POSSIBLE[label] ?? [])]);
          assert.ok(
            found.some((labels) => label in labels),
            `${where}: ${metric} has no label ${label}`,
          );
          const values = operator === '=' || operator === '!=' ? [value] : value.split('|');
          for (const each of values) assert.ok(known.has(each), `${where}: ${label} is never ${each}`);
        }
        for (const label of groupedBy.filter((label) => !TARGET_LABELS.has(label))) {
          assert.ok(
            found.some((labels) => label in labels),
            `${where}: ${metric} cannot be grouped by ${label}`,
          );
        }
      }
    }
    assert.ok(looked > 30, `${looked} were looked at`);
  });

  it('keep the labels that their legends and summaries tell', () => {
    for (const { where, expr, legendFormat } of queries) {
      const { groupedBy } = readExpression(expr);
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        assert.ok(groupedBy.length === 0 || groupedBy.includes(label), `${where} tells ${label}`);
      }
    }
    for (const { alert, expr, annotations } of alerts) {
      const { groupedBy } = readExpression(expr);
      for (const [, label = ''] of annotations.summary.matchAll(/\$labels\.(\w+)/g)) {
        assert.ok(groupedBy.length === 0 || groupedBy.includes(label), `${alert} tells ${label}`);
      }
    }
  });
});

describe('docs/operating.md', () => {
  it('says of every alert what to do, and of no other', async () => {
    const text = await read('docs/operating.md');
    const described = [...text.matchAll(/^\| `(Jobgate\w+)` +\| (.+?) +\| (.+?) +\|$/gm)];
    assert.deepEqual(
      described.map(([, name]) => name),
      alerts.map(({ alert }) => alert),
    );
    for (const [, name, means = '', mend = ''] of described) {
      assert.ok(means.length > 10 && mend.length > 20, name);
    }
  });
});
