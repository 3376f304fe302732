import { CreateAccessKeyInput, CreateAccessKeyOutput } from '../../schemas/create-access-key.ts';
import type { StoredAccessKey } from '../accounts/access-key.ts';
import { actorOf } from '../accounts/audit.ts';
import { addKey } from '../accounts/manage-keys.ts';
import { ownerFor } from '../accounts/own-account.ts';
import type { MemberOperation } from '../operation.ts';

export const createAccessKey: MemberOperation<
  CreateAccessKeyInput,
  StoredAccessKey & { readonly secret: string }
> = {
  summary: {
    en: 'Make an access key to sign calls with. Its secret is shown this once.',
    zh: '创建用于签名的 access key；secret 仅在此次响应中出现。',
  },
  input: CreateAccessKeyInput,
  output: CreateAccessKeyOutput,
  permission: 'self',
  handle({ input, caller, origin, ports }) {
    const { accessKeyName, idempotencyKey } = input;
    const owner = ownerFor(caller, input.owner);
    return addKey(
      ports,
      actorOf(caller, origin),
      { owner, ...(accessKeyName && { accessKeyName }) },
      idempotencyKey,
    );
  },
};
