import { Option, type Command } from 'commander';
import type { Webhook, WebhookDelivery } from '#api/notifications/webhooks.contract.ts';
import { announcementKinds, type AnnouncementKind } from '#domain/names.ts';
import { createWebhooksClient } from './notifications.client.ts';
import type { CliContext } from '../kernel/context.ts';
import type { Tone, Tones } from '../kernel/output/paint.ts';
import type { ItemView, ListView } from '../kernel/output/printer.ts';
import { localTime } from '../kernel/output/text.ts';
import {
  collectChoices,
  rowLimit,
  sayWhereCut,
  withLimit,
  withOutput,
  type LimitOption,
  type OutputOption,
} from '../kernel/options.ts';

const kindsOf = ({ kinds }: Webhook) => (kinds.length === 0 ? 'all' : kinds.join(' '));

const webhookList: ListView<Webhook> = {
  columns: [
    { header: 'NAME', value: (webhook) => webhook.name },
    { header: 'URL', value: (webhook) => webhook.url },
    { header: 'ENABLED', value: (webhook) => (webhook.enabled ? 'yes' : 'no') },
    { header: 'EVENTS', value: kindsOf },
    { header: 'WAITING', value: (webhook) => webhook.pending },
    { header: 'LAST', value: ({ lastDelivery }) => lastDelivery?.state, tone: lastTone },
    { header: 'AT', value: ({ lastDelivery }) => localTime(lastDelivery?.at), wide: true },
    { header: 'BY', value: (webhook) => webhook.createdBy, wide: true },
    { header: 'ID', value: (webhook) => webhook.id, wide: true },
  ],
  name: (webhook) => webhook.name,
  empty: 'No webhooks.',
};

const deliveryTones: Tones<WebhookDelivery['state']> = { pending: 'quiet', delivered: 'good', 'given-up': 'plain' };

function lastTone({ lastDelivery }: Webhook): Tone {
  return lastDelivery === null ? 'plain' : deliveryTones[lastDelivery.state];
}

const webhookItem: ItemView<Webhook> = {
  fields: (webhook) => [
    ['name', webhook.name],
    ['url', webhook.url],
    ['enabled', webhook.enabled ? 'yes' : 'no'],
    ['events', kindsOf(webhook)],
    ['id', webhook.id],
  ],
  name: (webhook) => webhook.name,
};

const deliveryList: ListView<WebhookDelivery> = {
  columns: [
    { header: 'CREATED', value: (delivery) => localTime(delivery.createdAt) },
    { header: 'WHAT', value: (delivery) => delivery.kind },
    { header: 'STATE', value: (delivery) => delivery.state, tone: (delivery) => deliveryTones[delivery.state] },
    { header: 'ATTEMPTS', value: (delivery) => delivery.attempts },
    { header: 'STATUS', value: (delivery) => delivery.lastStatus },
    { header: 'NEXT', value: (delivery) => localTime(delivery.nextAt) },
    { header: 'DELIVERED', value: (delivery) => localTime(delivery.deliveredAt), wide: true },
    { header: 'ID', value: (delivery) => delivery.id, wide: true },
    { header: 'ERROR', value: (delivery) => delivery.lastError },
  ],
  name: (delivery) => delivery.id,
  empty: 'Nothing was sent yet.',
};

/** Rows of the log shown to people who name no limit. */
const shownToPeople = 30;

const examples = `
Messages are signed by Standard Webhooks (standardwebhooks.com), with the secret that create shows this once.
Examples:
  signalbox webhook create chat https://chat.example/hook --kind ticket.decision-needed --kind ticket.ended
  signalbox webhook test chat && signalbox webhook deliveries chat`;

/** `signalbox webhook …` */
export function addWebhookCommands(program: Command, context: CliContext): void {
  const webhook = program
    .command('webhook')
    .description('Where events of tickets are posted to, signed (admins)')
    .addHelpText('after', examples);
  const client = () => createWebhooksClient(context.http());
  const { print } = context;

  withLimit(withOutput(webhook.command('list').description('List the webhooks'))).action(
    async (options: OutputOption & LimitOption) =>
      print.list(options.output, await client().list(rowLimit(options)), webhookList),
  );

  withOutput(
    webhook
      .command('create')
      .description('Create a webhook; its secret is shown this once')
      .argument('<name>')
      .argument('<url>')
      .addOption(
        collectChoices(
          new Option('--kind <event>', 'these events only; may be given again; without: all'),
          announcementKinds,
        ),
      ),
  ).action(async (name: string, url: string, options: OutputOption & { kind?: AnnouncementKind[] }) => {
    const created = await client().create({ name, url, kinds: options.kind ?? [] });
    print.item(options.output, created, {
      ...webhookItem,
      fields: (item) => [...webhookItem.fields(item), ['secret', item.secret]],
    });
  });

  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    const about = enabled ? 'Post events again' : 'Post no events any more; what waits to be sent is given up';
    withOutput(webhook.command(verb).description(about).argument('<webhook>')).action(
      async (name: string, options: OutputOption) =>
        print.item(options.output, await client().update(name, { enabled }), webhookItem),
    );
  }

  withOutput(
    webhook.command('delete').description('Delete a webhook with its delivery log').argument('<webhook>'),
  ).action(async (name: string, options: OutputOption) => {
    const answer = { webhook: name, ...(await client().delete(name)) };
    print.item(options.output, answer, { fields: () => [['deleted', name]], name: () => name });
  });

  withOutput(
    webhook.command('test').description('Send a signed test message, the way every message goes').argument('<webhook>'),
  ).action(async (name: string, options: OutputOption) => {
    print.item(options.output, await client().test(name), {
      fields: (delivery) => [
        ['delivery', delivery.id],
        ['state', delivery.state],
        ['how it went', `signalbox webhook deliveries ${name}`],
      ],
      name: (delivery) => delivery.id,
    });
  });

  withLimit(
    withOutput(
      webhook
        .command('deliveries')
        .description('List what was sent, newest first, and how it went')
        .argument('<webhook>')
        .addOption(new Option('--state <state>').choices(['pending', 'delivered', 'given-up'])),
    ),
    `at most this many rows; 0 for all (tables show ${shownToPeople} without it)`,
  ).action(async (name: string, options: OutputOption & LimitOption & { state?: string }) => {
    const rows = await client().deliveries(name, { state: options.state }, rowLimit(options, shownToPeople));
    print.list(options.output, rows, deliveryList);
    const cut = sayWhereCut(options, rows.length, shownToPeople);
    if (cut !== undefined) print.message(cut);
  });
}
