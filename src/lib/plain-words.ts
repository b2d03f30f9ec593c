/**
 * The words that another system may say here: those of which messages about requests, jobs and their data are made. It is
 * a list and no pattern, because a password, a host and a person's name are made of letters too. A flat table.
 */
const listed = new Set(
  `
a abandoned abort about above absent accept access according account acknowledged across act action
active activity actual add addition additional address adobe affect after again against aggregate ago
ahead align all allow alone alpha alphanumeric already also alter alternative although always am among
amount an analyze and annotation another answer any anything anyway api app appear appearance append
application approach appropriate approve approximate archive are area aren't argument arithmetic arity
around array as ascii ask assign associate association assume at atomic attach attempt attention
attribute audience audit authenticate authentication author authorization authorize authorized unauthorized auto automatic
available avoid avro await aware away back backend backslash backup backward bad balance base basic
batch be became because become been before begin beginning begun behind being belong below beside best
better between beyond big blank block body boolean both bound boundary braces bracket brand break brief
bring broken brought browser budget buffer bug build built bulk bundle busy but button by byte cache
calculate calendar call came campaign can can't cancel cancellation cancelled cancelling cannot capacity
card care cart case catalog catch category cause cell century certain chain chance change channel
character charge check child children choice choose circle city class clean clear click client clock
close coalesce code collect collection column combination combine come comma comment commerce commit
common communicate company compare comparisons compatible compile complain complete complex component
compose compute concept concern concurrent condition configuration configure confirm conflict connect
connection connection's connector consent consider consist consistent constructor consume consumer
contact contain content context continue continuous contract control conversion convert cookie copy
correct correspond corrupt could couldn't count counter country couple cover create creation credential
criteria cron csv currency current cursor custom customer cut cutting cycle daily damage dash data
database dataset date datetime day dead deadline deal dealt debug december decide decimal decision
declare decode decrease deep deeper default define definition degree delay delete deletion deliver
delivery demand deny depend dependency dependent deprecate depth desc describe description design desire
destination detail detect determine dev developer development device did didn't differ difference
different digit dimension direct direction directory disable disallow disappear discard disconnect
discover disk display distance distinct distribution do document does doesn't domain don't done door dot
dotted double doubt down download downstream draft drop dropped due duplicate duration during each
earlier early easy ecommerce economy edge edit effect either elapse element eligible else elsewhere
email emitter empty enable enclose encode encounter encrypt end endpoint enforce engine enough enqueue
ensure enter enterprise entire entitle entitlement entity entry enum environment equal error escape
establish estimate etag evaluate evaluation even event ever every everybody everyone everything exact
examine example exceed except exception excess exclude exclusive execute execution exist existence exit
expand expect experience expire expiry explain explicit export express expression extend extension
external extra extract facebook fact factor fail failure fair false family far fast fatal fault favor
feature february federate feed fetch few field fifth figure file fill filter final find fine finish
first fit five fix flag flat flatten float flow fold folder follow footer for forall forbid forbidden
force foreign forget form format former forward found four fourth fraction fragment free frequency
frequent fresh friday from front full fully function further future gap gateway gather general generate
generic get getting give given glance global go goal goes gone good govern governance grace grant graph
grapheme great greater greatest greek group grow guarantee guard guess guide gzip had half halt hand
handle happen hard has hashed hasn't have haven't he head header health hear heavy held help hence her
here hex hidden hide high him his history hit hold home hope horizontal host hour how however http human
hundred hyphens i'm id idempotency idempotent identical identifier identify identity idle ids if ignore
illegal image immediate immutable impact implement import important improper in inactive inbound include
incoming incompatible incomplete inconsistent incorrect increase index indicate individual info inform
information ingest ingestion inherit initial inner input insert inside instance instant instead
instruction insufficient integer integrity intend interact interest interface intermediate internal
interpret interrupt intersects interval into introduce invalid invariant invite involve is isfinite
isn't isolate issue it it's item iterate its itself january job join json july june just keep kept key
keyword kind know known label lack lambda language large last late latency later latest launch layer
layout lead leaf lean learn least leave left legacy legal length less let letter level library license
lies lifecycle lifetime like limit limitation line linear link linkedin list listen literal little live
load local locale locate location lock log logic login long longer look lookaround lookup lose loss lost
lot low lower lowercase macro made mail main maintain maintenance major make malformed manage manager
mandatory manifest manual many map mapped mapping march mark market mask mass master match material
matter maximum may maybe me mean meant meanwhile measure mechanism media medium meet member membership
memory mention merge message metadata method metric middle might migrate mile milli million millisecond
mime minimum minor minus minute mirror misconfigure mismatch miss mistake mixed mobile mode model modify
module moment monday monitor month more most mount move much multi multiple multiply must mutable mutual
my name namespace narrow native nature near necessary need negative neither nest network never new newer
next nine no nobody node none nonempty nor normal not notation note nothing notice notification november
now nowhere null number numeric oauth object observe obsolete obtain obvious occupied occur octal
october of off offer offline offset often ok okay old older oldest omit on once one ongoing only onto
open operand operate operation operator opposite opt optimize option optional or order ordinary org
organization orient origin original other otherwise our out outage outbound outcome output outside over
overall overflow overlap overload override overwrite own owner pack package page pair parallel parameter
parent parquet parse parser part partial participate particular partition partner party pass past paste
patch path pattern pause pay payload peak pending people per percent percentage perform performance
perhaps period permanent permission permit person personal phase pick piece pipeline place placeholder
plain plan planned platform platform's please plugin plus point pointer policy poll pool population port
portion position positive possessive possible post potential pql practice precede precise precondition
predicate prefer prefix prepare presence present preserve prevent preview previous price primary prior
priority privacy private privilege probably problem procedure proceed process prod produce product
production profile program progress prohibit project prompt proper property proportion propose protect
protocol provide provider provision proxy public publish pull purchase purge purpose push put putting
qualification qualify quality quantifier quantity quartz query question queue quick quiet quit quota
quotation quote raise random range rapid rate rather ratio raw reach react read reader ready real
realize reason receive recent recognise recognize recommend reconnect record recover recovery recreate
redirect reduce refer reference refresh refuse region register registry regular reject relate relation
relationship relative release relevant reliable rely remain remember remote removal remove rename render
renew repair repeat repetition replace reply report represent request require requirement rerun
reschedule reserve reset resolve resource respect respelled respond response rest restart restore
restrict restriction result resume retain retention retrieve retry return reuse reverse revert review
revise revoke right risk role roll room root rotate round route row rtrim rule run runner running safe
sale same sample sandbox satisfy saturday save says scale scan schedule scheduler schema scheme scope
score screen script search second secondary secret section secure security see seem seen segment
segmentation select selection self send sender sense sensitive sent separate separator september
sequence sequential serial serious serve server service session set setting settle setup seven several
severe shape share she shift ship short shorten should shouldn't show shown shut shutdown side sign
signal signature significant silent similar simple simultaneous since single site situation six size
skip skipped sleep slice slot slow small smaller smooth snappy snapshot so social soft software some
somebody someone something sometimes somewhere soon sorry sort source space special specific
specification specify speed spell spend split spot stable stage stale stand standard start state
statement static statistics status stay step still stop stopped storage store straight strange stream
strict string strong strongest structure stuck style subject submit subscribe subscription subsequent
subset substitute subtract succeed success successful such sudden suffice sufficient suffix suggest
suggestion suit suitable sum summary sunday super supersede supply support suppose sure surface surround
suspend switch symbol sync synchronize synchronous syntax system table tag take taken target task team
technical tell template temporarily temporary ten tenant term terminal terminate test text than thank
that the their them themselves then there there's thereby therefore these they thing think third this
those though thousand three threshold throttle through throughout throw thursday thus time timeout
timestamp timezone title to today together token told tolerate tomorrow tonight too took tool top topic
total touch toward trace track trade traffic trail transaction transfer transform transient transit
translate transmit treat tree trial trigger trim true truncate trust truth try tuesday turn twelve twice
two type typical typographic unable unambiguous unavailable unaware undefined under underscore
understand undo unevaluated unexpected unfortunately ungated unicode unified uniform union unique unit
universal unknown unless unlike unlimited unlock unnecessary unparsable unprocessable unprocessed
unreachable unsupported until unusual unwanted up update upgrade upload upper uppercase upstream urgent
uri url us usage use used useful user usual utc utf valid validate validation validity value variable
variant variety various vary verb verify version vertical very via view violate violation visible visit
visitor volume wait walk want warn was wasn't waste watch way we weak wednesday week weight well went
were what whatever when whenever where whether which while whitespace who whoever whole whom whose why
wide width will window wish with within without wizard won't word work worker workflow world worse worst
worth would writable write written wrong wrote xdm year yes yesterday yet you your yourself zero zip
zone
`.split(/\s+/),
);

/** Spelt like no English word, and said of requests and their parts. */
const names = new Set(
  `
IDs BadRequestError ConflictError DataSet I JSON LinkedIn MethodNotAllowedError NotFoundError OAuth PQL
PayloadTooLargeError PreconditionFailedError RangeNotSatisfiableError TooManyRequestsError URL
UnprocessableEntityError UnsupportedMediaTypeError XDM aCPDatasetWriteTime additionalFields
additionalFields.eventList.fields advanceSeconds allProfiles attributeMerge audienceId
authenticatedState availableDates awaitMs batchId billingAddress birthDate birthDay birthDayAndMonth
birthMonth birthYear booleanProperty browserDetails builtinSchema callStack cartAbandons categoryID
categoryName categoryPath checkStatus computeGatewayJobId computeJobId confidenceInterval
containerFormat contentType countryCode countryISO courtesyTitle createDate createDestination
createEpoch createdAfter createdBefore createdClient createdDate createdUser creationTime currencyCode
dataBehavior dataGovernancePolicy dataSetFileId dataSetId dataSetViewId datasetId defaultValue definedOn
deleteDestination description destination destination.datasetId discountAmount docCount dueTime
emailAddress emptyProfiles enableErrorDiagnostics endCustomerIds endDate endTime endTimeInMs endUser
endUserIDs entityId entityIdNS errorMessage errorSchemaMap estimatedNamespaceDistribution estimatedSize
evaluateFirst evaluationInfo eventFields eventList eventType excludeOptOut exportJob
exportedProfileByNamespaceCounter expression.value externalId externalSegmentMapProperty
failedRecordCount favoriteColors fields fileDescription filter.fromIngestTimestamp
filter.segmentQualificationTime.endTime filter.segments firstName firstWeb forSeconds
fromIngestTimestamp fromTimestamp fullIDsCount fullIDsPercentage fullName graphType homeAddress
homePhone httpMethod identityGraph imsOrg imsOrgId ingestedAfter ingestedFrom ingestedTo inputFormat
instanceId isActiveOnEdge isErrorPage isFolder isHomePage isHomepage isInside isMultiLineJson isSentence
isSystem isValid jobType lastBatchId lastBatchStatus lastFailedBatch lastModifiedAt lastModifiedDate
lastName lastQualificationTime lastSampledTimestamp lastSuccessfulBatch lastSuccessfulBatchTimestamp
lastUpdatedDate lastVerifiedDate lifecycleState linkClicks linkedAudienceRef localTime mailingAddress
managedBy maritalStatus mergePolicy mergePolicy.id mergePolicyId mergeStrategy metadataTemplate
middleName mobilePhone modifyDate name nameContains namespaceId newDatasetName numRowsToRead
observableSchema offsetMs operatingSystem orderBy originName overridePerformanceWarnings pageOffset
pageSize pageViews parentFolderId payloadBooleanValue payloadNumberValue payloadPropensityValue
payloadStringValue payloadType paymentAmount paymentType personalEmail placeContext postOfficeBox
postalCode predicateExpression predicateModel predicateType previewExecutionId previewId previewQueryId
previewQueryStatus priceTotal producedBy productCategories productListAdds productListOpens
productListRemovals productListReopens productListViews productViews profileExportTime profileFields
profileInstanceId profileSegmentationTime profilesMatchedSoFar profilesReadSoFar properties.segments
purchaseID purchaseId purchaseOrderNumber pushJob qualifiedFrom qualifiedTo recordCount refundTotal
refusedPlaces relatedEntityId relatedEntityIdNS relatedObjects relatedSchema reportTimestamp requestBody
requestId requestedIdentity responseErrorFields responseFields retryAfterMs retryAfterSeconds runId
saleDate sampleCount sampleJobRunning samplePercentage samplingRatio sandboxId sandboxName saveForLaters
schedule scheduleId schema schema.name schemaMap schemaName schemaRef secondsLeft segmentId segmentIds
segmentNs segmentPerBatch segmentQualificationTime segmentedProfileByNamespaceCounter
segmentedProfileByStatusCounter segmentedProfileCounter shippingAddress siteSection sortField sourceId
standardError startDate startTime startTimeInMs state stateProvince stateProvinceISO statusCode
statusReason storeId streamingDriven streamingIngestionEnabled stringProperty submissionTimestamp
taxAmount templateId timeFilter timesLeft toIngestTimestamp totalCount totalExportedProfileCounter
totalFragmentCount totalPages totalProfiles totalProfilesByMergePolicy totalRows totalTime totalTimeInMs
transactionID ttlInDays type updateDestination updateEpoch updateTime updatedUser userAgent validUntil
viewId webInteraction webReferrer withCA workAddress workEmail workPhone
`.split(/\s+/),
);

/** `-s`, `-ed` and their kin, and what stands in the word without them. */
const endings: readonly (readonly [RegExp, readonly string[]])[] = [
  [/ies$/, ['y']],
  [/es$/, ['']],
  [/s$/, ['']],
  [/ied$/, ['y']],
  [/ed$/, ['', 'e']],
  [/ing$/, ['', 'e']],
  [/ly$/, ['']],
];

/**
 * True for a word of the list, also with an ending, begun or written with capitals, or joined to one or two others by
 * hyphens (more is what people make passwords of); and for a name of Adobe's fields.
 */
export function isPlainWord(word: string): boolean {
  if (names.has(word)) return true;
  if (word.length > 40 || !/^(?:[A-Z]?[a-z']*|[A-Z]+)(?:-[A-Za-z]+){0,2}$/.test(word)) return false;
  return word.toLowerCase().split('-').every(isListed);
}

function isListed(word: string): boolean {
  if (listed.has(word)) return true;
  return endings.some(
    ([ending, rests]) =>
      word.length > 4 && ending.test(word) && rests.some((rest) => listed.has(word.replace(ending, rest))),
  );
}
