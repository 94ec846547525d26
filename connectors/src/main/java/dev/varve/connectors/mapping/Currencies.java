package dev.varve.connectors.mapping;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Active ISO 4217 codes. The JDK's own list cannot be used: it also holds withdrawn currencies.
public final class Currencies {
    private static final Set<String> ACTIVE =
            Set.of(("AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB"
                            + " BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD"
                            + " FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF"
                            + " KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD"
                            + " NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE"
                            + " SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST"
                            + " XAF XCD XCG XOF XPF YER ZAR ZMW ZWG")
                    .split(" "));

    private Currencies() {}

    /// Upper-case code of an active currency, or null.
    public static @Nullable String code(@Nullable String text) {
        if (text == null || text.length() != 3) {
            return null;
        }
        String code = text.toUpperCase(Locale.ROOT);
        return ACTIVE.contains(code) ? code : null;
    }
}
