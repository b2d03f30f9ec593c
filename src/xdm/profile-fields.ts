import { array, boolean, date, datetime, integer, map, number, object, string } from './kinds';
import { address, emailAddress, identityMap, phoneNumber } from './shared-types';
import type { XdmObject } from './union-schema';

const personName = object({
  firstName: string,
  middleName: string,
  lastName: string,
  fullName: string,
  courtesyTitle: string,
  suffix: string,
});

const person = object({
  name: personName,
  gender: string,
  maritalStatus: string,
  nationality: string,
  birthDate: date,
  birthDayAndMonth: string,
  birthYear: integer,
  /** From here on: attributes of older Profile schemas and of Adobe's PQL texts. `birthdate` is not `birthDate`. */
  birthMonth: integer,
  birthDay: integer,
  birthday: date,
  birthdate: date,
  age: integer,
  firstName: string,
  lastName: string,
  favoriteColors: array(string),
  orders: array(object({ storeId: string, price: number })),
});

const segmentMembership = map(
  map(
    object({
      status: string,
      lastQualificationTime: datetime,
      version: string,
      validUntil: datetime,
      payload: object({
        payloadType: string,
        payloadBooleanValue: boolean,
        payloadNumberValue: number,
        payloadPropensityValue: number,
        payloadStringValue: string,
      }),
    }),
  ),
);

/**
 * `_xdm.context.profile` as this product knows it without any field of a tenant.
 *
 * Source: adobe/xdm (context/profile and its field groups) and the attributes that Adobe's PQL examples read.
 */
export const profileFields: XdmObject = object({
  _id: string,
  _repo: object({ createDate: datetime, modifyDate: datetime, lastModifiedDate: datetime }),
  identityMap,
  identities: array(object({ id: string, namespace: object({ code: string }), primary: boolean })),
  person,
  homeAddress: address,
  workAddress: address,
  mailingAddress: address,
  billingAddress: address,
  shippingAddress: address,
  personalEmail: emailAddress,
  workEmail: emailAddress,
  homePhone: phoneNumber,
  mobilePhone: phoneNumber,
  workPhone: phoneNumber,
  segmentMembership,
  /** From here on: attributes that only Adobe's PQL texts name. */
  emailAddress: string,
  orders: array(object({ price: number, storeId: string })),
  product: object({ saleDate: datetime }),
  intField1: integer,
  intField2: integer,
});
