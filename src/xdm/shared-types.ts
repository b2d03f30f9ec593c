import { array, boolean, date, datetime, integer, map, number, object, string } from './kinds';

/**
 * Data types that several fields of the profile and of the event share.
 *
 * Source: adobe/xdm, `datatypes/` (demographic/address, demographic/emailaddress, demographic/phonenumber,
 * identityitem, marketing/commerce, data/order, productlistitem), with the older spellings that Adobe's PQL texts use.
 */
export const address = object({
  primary: boolean,
  label: string,
  street1: string,
  street2: string,
  street3: string,
  street4: string,
  region: string,
  postOfficeBox: string,
  country: string,
  countryCode: string,
  /** Legacy spelling of `countryCode`. */
  countryISO: string,
  state: string,
  stateProvince: string,
  /** Legacy: ISO 3166-2 code of the state or province. */
  stateProvinceISO: string,
  city: string,
  postalCode: string,
  status: string,
  statusReason: string,
  lastVerifiedDate: date,
});

export const emailAddress = object({
  primary: boolean,
  address: string,
  label: string,
  type: string,
  status: string,
  statusReason: string,
});

export const phoneNumber = object({
  primary: boolean,
  number: string,
  extension: string,
  countryCode: string,
  status: string,
  statusReason: string,
});

/** Namespace code -> the identities in it. */
export const identityMap = map(array(object({ id: string, primary: boolean, authenticatedState: string })));

/** A count or amount of something that happened in an event. */
export const measure = object({ id: string, value: number });

const payment = object({
  transactionID: string,
  paymentType: string,
  paymentAmount: number,
  currencyCode: string,
});

export const order = object({
  purchaseID: string,
  /** The spelling of Adobe's PQL examples for `purchaseID`. */
  purchaseId: string,
  purchaseOrderNumber: string,
  currencyCode: string,
  priceTotal: number,
  taxAmount: number,
  discountAmount: number,
  refundTotal: number,
  payments: array(payment),
  createdDate: datetime,
  lastUpdatedDate: datetime,
});

export const productListItems = array(
  object({
    SKU: string,
    name: string,
    quantity: integer,
    priceTotal: number,
    discountAmount: number,
    currencyCode: string,
    product: string,
    productCategories: array(object({ categoryID: string, categoryName: string, categoryPath: string })),
  }),
);

export const geo = object({
  countryCode: string,
  stateProvince: string,
  city: string,
  postalCode: string,
  latitude: number,
  longitude: number,
});

export const webPageDetails = object({
  name: string,
  URL: string,
  siteSection: string,
  isHomePage: boolean,
  /** Spelt so once in Adobe's documents. */
  isHomepage: boolean,
  isErrorPage: boolean,
  pageViews: measure,
});
