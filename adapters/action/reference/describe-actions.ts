import { describeProperty } from '../../../schemas/descriptions.ts';
import { operationNames, operations, type OperationName } from '../../../src/operations/index.ts';
import type { Text } from '../../wire/language.ts';
import { shapeOf } from '../../wire/parameters.ts';
import { whoMay } from '../../wire/who-may.ts';
import { actionBindings, type ActionBinding } from '../bindings.ts';
import { parameterOf } from '../names.ts';
import { answerOf, curlOf, EXAMPLE_DIALECT } from './show-example.ts';
import { describeFields, type Field } from './describe-fields.ts';
import { examples, type Example } from './examples.ts';
import { typeOf, wordLimits } from './word-limits.ts';

/** One parameter of an action, by the name that it is sent with. */
export interface Parameter {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: string;
  readonly required: boolean;
  readonly limits: readonly Text[];
  /** What is taken where it is left out. */
  readonly absent: unknown;
  readonly description: Text;
}

/** Everything that the reference says of one action. */
export interface ActionReference {
  readonly operation: OperationName;
  readonly action: string;
  readonly summary: Text;
  readonly who: Text;
  readonly parameters: readonly Parameter[];
  readonly fields: readonly Field[];
  /** A command line, ready to be pasted, and the JSON that it is answered. */
  readonly request: string;
  readonly answer: string;
}

/** Every action, in the catalogue's order. */
export function describeActions(): readonly ActionReference[] {
  return operationNames.flatMap((operation) => {
    const binding = actionBindings[operation];
    const example = examples[operation];
    return binding && example ? [describeAction(operation, binding, example)] : [];
  });
}

function describeAction(operation: OperationName, binding: ActionBinding, example: Example): ActionReference {
  const { summary } = operations[operation];
  const shown = answerOf(operation, binding, example.output, false);
  const fullest = answerOf(operation, binding, example.fullest ?? example.output, true);
  return {
    operation,
    action: binding.action,
    summary,
    who: whoMay(operation),
    parameters: describeParameters(operation, binding),
    fields: describeFields([shown.value, fullest.value], '', operation),
    request: curlOf(binding.action, example.parameters),
    answer: shown.text,
  };
}

function describeParameters(operation: OperationName, binding: ActionBinding): Parameter[] {
  const { properties, required } = shapeOf(operations[operation].input);
  // What the protocol fills in by itself need not be sent.
  const filled: Record<string, unknown> = {};
  binding.adjust?.(filled, EXAMPLE_DIALECT);
  return Object.entries(properties).map(([property, schema]) => {
    // What is called so in both dialects comes first.
    const [name, unsigned] = [parameterOf(property, 'signed'), parameterOf(property, 'seed')];
    const absent = filled[property] ?? (schema as { default?: unknown }).default;
    return {
      name,
      aliases: [
        ...(unsigned === name ? [] : [unsigned]),
        ...Object.entries(binding.aliases ?? {}).flatMap(([alias, meant]) =>
          meant === property ? [alias] : [],
        ),
      ],
      type: typeOf(schema),
      required: required.includes(property) && absent === undefined,
      limits: wordLimits(schema),
      absent,
      description: describeProperty(operation, property),
    };
  });
}
