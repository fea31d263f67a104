"""Spectra of weights and of noise: limiting laws, spikes, edges, tails."""

from labkit.spectra.marchenko_pastur import marchenko_pastur
from labkit.spectra.marchenko_pastur_fit import BulkFit, marchenko_pastur_fit
from labkit.spectra.results import SpectralLaw
from labkit.spectra.semicircle import semicircle
from labkit.spectra.spiked_covariance import SpikedCovariance, spiked_covariance
from labkit.spectra.spiked_spectrum import SpikedSpectrum, spiked_spectrum
from labkit.spectra.tracy_widom import EdgeLaw, tracy_widom

__all__ = [
    "BulkFit",
    "EdgeLaw",
    "SpectralLaw",
    "SpikedCovariance",
    "SpikedSpectrum",
    "marchenko_pastur",
    "marchenko_pastur_fit",
    "semicircle",
    "spiked_covariance",
    "spiked_spectrum",
    "tracy_widom",
]
