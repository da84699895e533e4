import { openDatabase } from '#db/database.ts';
import { sealedColumns } from '#ledger/rooms.ts';
import { rewrapBatch } from '#ledger/secrets/rewrap.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { openSecretBox } from '#platform/secret-box.ts';

/** Seals all there is anew, three values in a transaction, until it is killed or done; says `batch` at each commit. */
const [databaseUrl = '', dataFolder = ''] = process.argv.slice(2);
const { db } = openDatabase(databaseUrl, { max: 2 });
const box = openSecretBox({ SIGNALBOX_DATA: dataFolder, SIGNALBOX_SECRET_KEY_FILE: '' });
const by = { actor: { id: null, name: 'mortal' } };
for (;;) {
  const keyIds = await box.keyIds();
  const batch = { by, keyIds, limit: 3, rewrap: box.rewrap.bind(box) };
  const { rewrapped } = await transact(db, (tx) => rewrapBatch(tx, sealedColumns, batch));
  process.stdout.write('batch\n');
  if (rewrapped === 0) process.exit(0);
}
