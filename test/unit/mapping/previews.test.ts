import { toEstimate, toPreviewState } from '../../../src/mapping/preview.mapping';

describe('an estimate', () => {
  const adobe = {
    estimatedSize: 45,
    state: 'RESULT_READY',
    profilesReadSoFar: 83834,
    standardError: 0,
    error: { description: '', traceback: '' },
    profilesMatchedSoFar: 46,
    totalRows: 82473,
    confidenceInterval: '95%',
  };

  it("is read from Adobe's example, whose figures contradict each other", () => {
    expect(toEstimate(adobe)).toEqual({
      size: 45n,
      standardError: 0,
      confidence: 0.95,
      low: 45n,
      high: 45n,
      profilesRead: 83834n,
      profilesMatched: 46n,
      totalProfiles: 82473n,
      byNamespace: [],
      error: null,
    });
  });

  it('has an interval of 1.96 standard errors to either side', () => {
    const wire = {
      ...adobe,
      estimatedSize: 2000,
      standardError: 100,
      profilesReadSoFar: 400,
      profilesMatchedSoFar: 40,
      totalRows: 20000,
    };
    expect(toEstimate(wire)).toMatchObject({ low: 1804n, high: 2196n });
  });

  it('has an interval that never goes below those found, nor above those who may still be found', () => {
    const wire = {
      ...adobe,
      estimatedSize: 50,
      standardError: 100,
      profilesReadSoFar: 400,
      profilesMatchedSoFar: 40,
      totalRows: 500,
    };
    expect(toEstimate(wire)).toMatchObject({ low: 40n, high: 140n });
  });

  it('names standard namespaces by their codes', () => {
    const estimatedNamespaceDistribution = [
      { namespaceId: '4', profilesMatchedSoFar: 35 },
      { namespaceId: '6', profilesMatchedSoFar: 40 },
      { namespaceId: '10075613', profilesMatchedSoFar: 1 },
    ];
    expect(toEstimate({ ...adobe, estimatedNamespaceDistribution }).byNamespace).toEqual([
      { namespace: 'Email', count: 40n },
      { namespace: 'ECID', count: 35n },
      { namespace: '10075613', count: 1n },
    ]);
  });

  it('is null where nothing is told', () => {
    expect(toEstimate({ state: 'RUNNING' })).toMatchObject({
      size: null,
      low: null,
      confidence: null,
      error: null,
    });
  });

  it('tells why it failed', () => {
    expect(toEstimate({ state: 'FAILED', error: { description: 'No data.', traceback: 'at x' } }).error).toBe(
      'No data.',
    );
  });
});

describe('the state of a preview', () => {
  it.each([
    ['RESULT_READY', 'RESULT_READY'],
    ['running', 'RUNNING'],
    ['SHELVED', 'UNKNOWN'],
    [undefined, 'UNKNOWN'],
  ])('%s is %s', (word, state) => {
    expect(toPreviewState(word)).toBe(state);
  });
});
