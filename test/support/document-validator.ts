import { Ajv2020 } from 'ajv/dist/2020.js';
import type { OpenApiDocument, Schema } from '../../adapters/rest/openapi/document.ts';

/** What is wrong with a value by a schema of the document, in words; empty where it fits. */
export type Validator = (schema: Schema, value: unknown) => string;

/** @param isTime what a `date-time` is: one that is answered has a narrower form than one that may be sent */
export function createValidator(document: OpenApiDocument, isTime: (text: string) => boolean): Validator {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  ajv.addFormat('date-time', isTime);
  // It says how a field is shown, not what it may be.
  ajv.addFormat('password', true);
  // References of the document are looked up in it, so each schema is compiled beside its components.
  const compiled = new Map<Schema, ReturnType<typeof ajv.compile>>();
  const { components } = document;
  ajv.addSchema({ $id: 'components', $defs: rebase(components.schemas) });
  return (schema, value) => {
    let validate = compiled.get(schema);
    if (!validate) compiled.set(schema, (validate = ajv.compile(rebase(schema) as Schema)));
    return validate(value) ? '' : ajv.errorsText(validate.errors, { dataVar: 'it' }).slice(0, 2_000);
  };

  function rebase(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(rebase);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, inner]) => [
        key,
        key === '$ref' ? String(inner).replace('#/components/schemas/', 'components#/$defs/') : rebase(inner),
      ]),
    );
  }
}
