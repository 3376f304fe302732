import { createHash } from 'node:crypto';
import type { Job } from './job.ts';

/** How one protocol writes a job: the bytes of one JSON object. */
export type JobRenderer = (job: Job) => string;

/** A job, ready to be sent: each face is the job's bytes in one protocol's spelling. */
export interface JobView {
  readonly jobId: string;
  readonly owner: string;
  readonly version: number;
  /** The bytes of one JSON object. `name` is a name that {@link JobFaces} was made with. */
  face(name: string): Buffer;
}

/** All the faces that a job can show, and the form in which they stand together in one cache entry. */
export interface JobFaces {
  view(job: Job): JobView;
  /** The entry's bytes: a line with the renderers' fingerprint, id, owner and lengths, then the faces. */
  encode(job: Job): Buffer;
  /** The view of an entry's bytes, or undefined where other renderers wrote them (a rolling upgrade). */
  decode(version: number, entry: Buffer): JobView | undefined;
}

/** A job whose rendering shows every key, every kind of value and the time zone. */
const SPECIMEN: Job = {
  jobId: 'j-00000000',
  jobType: 'type',
  jobAction: 'do',
  owner: 'owner',
  status: 'working',
  preStatus: 'pending',
  resources: '{"a":[1]}',
  directive: '{"b":"c"}',
  createTime: 0,
  updateTime: 86_399_999,
  version: 7,
};

/** Joins the protocols' renderers. Two processes share entries exactly if they would write the same bytes. */
export function createJobFaces(renderers: Readonly<Record<string, JobRenderer>>): JobFaces {
  const names = Object.keys(renderers);
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(names.map((name) => [name, renderers[name]?.(SPECIMEN)])))
    .digest('hex')
    .slice(0, 12);

  const render = (name: string, job: Job): Buffer => {
    const renderer = renderers[name];
    if (!renderer) throw new Error(`no renderer is called ${name}`);
    return Buffer.from(renderer(job));
  };

  /** The faces in the entry of a job that was changed: its answer shows one of them. */
  const encoded = new WeakMap<Job, readonly Buffer[]>();

  return {
    view: (job) => ({
      jobId: job.jobId,
      owner: job.owner,
      version: job.version,
      face: (name) => encoded.get(job)?.[names.indexOf(name)] ?? render(name, job),
    }),

    encode(job) {
      const faces = names.map((name) => render(name, job));
      encoded.set(job, faces);
      const lengths = faces.map((face) => face.length).join(' ');
      return Buffer.concat([Buffer.from(`${fingerprint} ${job.jobId} ${job.owner} ${lengths}\n`), ...faces]);
    },

    decode(version, entry) {
      const end = entry.indexOf(0x0a);
      const [print, jobId, owner, ...lengths] = entry.toString('latin1', 0, Math.max(end, 0)).split(' ');
      if (print !== fingerprint || !jobId || !owner || lengths.length !== names.length) return undefined;
      return {
        jobId,
        owner,
        version,
        face(name) {
          const index = names.indexOf(name);
          if (index < 0) throw new Error(`no renderer is called ${name}`);
          let start = end + 1;
          for (let i = 0; i < index; i++) start += Number(lengths[i]);
          return entry.subarray(start, start + Number(lengths[index]));
        },
      };
    },
  };
}
