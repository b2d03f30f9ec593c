import type { Dataset } from '../records';

/** The ids of the two classes; the same in Adobe's schema registry. */
const entityOfSchema: Readonly<Record<string, 'profile' | 'event'>> = {
  'https://ns.adobe.com/xdm/context/profile': 'profile',
  'https://ns.adobe.com/xdm/context/experienceevent': 'event',
};

/** What a dataset holds follows from its schema; undefined where it holds neither, or is gone. */
export function entityOfDataset(dataset: Dataset | undefined): 'profile' | 'event' | undefined {
  return dataset?.schemaId === undefined ? undefined : entityOfSchema[dataset.schemaId];
}
