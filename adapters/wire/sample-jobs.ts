import { redactSecrets } from '../../src/jobs/redact.ts';
import type { Job } from '../../src/jobs/job.ts';

const time = (wall: string): number => Date.parse(`${wall.replace(' ', 'T')}+08:00`);

/** The three jobs that a first look and the samples of both references show, with their secrets redacted. */
export function sampleJobs(): readonly Job[] {
  return [
    {
      jobId: 'j-68mbPHJU',
      jobType: 'QingCloud',
      jobAction: 'ConfigQingCloud',
      owner: 'usr-00000000',
      status: 'successful',
      preStatus: 'step1',
      resources: JSON.stringify({
        node_ids: ['n-xER6zjlP', 'n-uMhpTXdl', 'n-K6QGly84', 'n-B1QNEi6K', 'n-45OipPK7', 'n-VGEXtdIc'],
      }),
      directive: undefined,
      createTime: time('2017-10-10 15:23:56'),
      updateTime: time('2017-10-10 15:24:47'),
      version: 3,
    },
    {
      jobId: 'j-QJMYu7nS',
      jobType: 'QingCloud',
      jobAction: 'DeployQingCloud',
      owner: 'usr-00000000',
      status: 'successful',
      preStatus: 'step4',
      resources: JSON.stringify({
        node_ids: ['n-xER6zjlP', 'n-B1QNEi6K', 'n-45OipPK7', 'n-VGEXtdIc', 'n-K6QGly84', 'n-uMhpTXdl'],
        vbc_route: [
          'ip route add 10.10.50.0/24 via 172.16.50.129',
          'ip route add 10.10.51.0/24 via 172.16.50.130',
        ],
        hosts: [
          '172.18.50.2 console.devopscloud.com supervisor.devopscloud.com appcenter.devopscloud.com api.devopscloud.com',
          '172.18.50.2 cb0test.devopscloud.com',
        ],
      }),
      directive: undefined,
      createTime: time('2017-10-10 15:49:35'),
      updateTime: time('2017-10-10 16:56:58'),
      version: 6,
    },
    {
      jobId: 'j-3K2CQ4h6',
      jobType: 'neonsan',
      jobAction: 'ScaleNeonSAN',
      owner: 'usr-00000000',
      status: 'successful',
      preStatus: 'step4',
      resources: JSON.stringify({ node_ids: ['n-zt6A9RD7', 'n-Th9VOkx5'] }),
      directive: redactSecrets(
        JSON.stringify({
          PASSWORD: 'emh1ODhqaWU=',
          USER_ID: 'usr-00000000',
          access_key_id: '',
          action: 'ScaleNeonSAN',
          expires: '2018-09-18T09:04:22Z',
          lang: 'zh-CN',
          'node_ids.1': 'n-zt6A9RD7',
          'node_ids.2': 'n-Th9VOkx5',
          signature: 'fSgJS1KrM9XAwlmo29hRFQ5K/OwRpVC5B3vRxLVsPG4=',
          signature_method: 'HmacSHA256',
          signature_version: '1',
          time_stamp: '2018-09-18T09:04:02Z',
        }),
      ),
      createTime: time('2018-09-18 16:59:50'),
      updateTime: time('2018-09-18 17:22:52'),
      version: 6,
    },
  ];
}
