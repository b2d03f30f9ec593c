import { boolean, datetime, map, number, object, string } from './kinds';
import { geo, identityMap, measure, order, productListItems, webPageDetails } from './shared-types';
import type { XdmObject } from './union-schema';

const endUserId = object({ id: string, namespace: object({ code: string }), primary: boolean });

const commerce = object({
  cartAbandons: measure,
  checkouts: measure,
  productListAdds: measure,
  productListOpens: measure,
  productListRemovals: measure,
  productListReopens: measure,
  productListViews: measure,
  productViews: measure,
  purchases: measure,
  saveForLaters: measure,
  order,
  /** Read by Adobe's PQL examples only. */
  item: object({ price: number }),
});

/** Where commerce measures stood in older schemas. */
const legacyMetrics = object({
  commerce: object({
    abandons: measure,
    productListViews: measure,
    productViews: measure,
    purchases: measure,
  }),
});

/**
 * `_xdm.context.experienceevent` as this product knows it without any field of a tenant.
 *
 * Source: adobe/xdm (context/experienceevent and its field groups) and the attributes that Adobe's PQL examples read.
 */
export const eventFields: XdmObject = object({
  _id: string,
  timestamp: datetime,
  eventType: string,
  producedBy: string,
  identityMap,
  endUserIDs: object({
    _experience: object({ mcid: endUserId, aaid: endUserId, acid: endUserId, emailid: endUserId }),
  }),
  commerce,
  productListItems,
  web: object({
    webPageDetails,
    webReferrer: object({ URL: string, type: string }),
    webInteraction: object({ name: string, type: string, URL: string, linkClicks: measure }),
  }),
  environment: object({
    type: string,
    operatingSystem: string,
    browserDetails: object({ name: string, version: string, userAgent: string }),
  }),
  placeContext: object({ localTime: datetime, geo }),
  device: object({ model: string, manufacturer: string, type: string }),
  channel: object({ _id: string, _type: string }),
  metrics: legacyMetrics,
  _experience: object({
    analytics: object({ endUser: object({ firstWeb: object({ webPageDetails }) }) }),
  }),
  /** From here on: attributes that only Adobe's PQL texts name. */
  id: string,
  type: string,
  ts_flight: datetime,
  product: string,
  contentType: string,
  externalSegmentMapProperty: map(object({ stringProperty: string, booleanProperty: boolean })),
});
