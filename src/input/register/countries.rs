//! Countries by their English names.

use crate::model::bank_ids::is_country;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// ISO 3166 codes, each with the country's names in lower case.
const NAMES: &str = "US united states, united states of america, usa, u.s., u.s.a., america; \
                     GB united kingdom, uk, great britain, england, scotland, wales; DE germany; FR france; ES spain; \
                     IT italy; PT portugal; IE ireland; NL netherlands, the netherlands, holland; BE belgium; \
                     LU luxembourg; CH switzerland; AT austria; DK denmark; SE sweden; NO norway; FI finland; \
                     IS iceland; PL poland; CZ czech republic, czechia; SK slovakia; HU hungary; RO romania; \
                     BG bulgaria; GR greece; CY cyprus; MT malta; HR croatia; SI slovenia; EE estonia; LV latvia; \
                     LT lithuania; TR turkey; UA ukraine; CA canada; MX mexico; BR brazil; AR argentina; CL chile; \
                     CO colombia; PE peru; CN china; HK hong kong; TW taiwan; JP japan; KR south korea, korea; \
                     SG singapore; MY malaysia; TH thailand; VN vietnam; PH philippines; ID indonesia; IN india; \
                     IL israel; AE united arab emirates; ZA south africa; AU australia; NZ new zealand";

static CODES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let countries = NAMES.split("; ").filter_map(|country| country.split_once(' '));
    countries.flat_map(|(code, names)| names.split(", ").map(move |name| (name, code))).collect()
});

/// The code of a country by its name or its code, in letters of any case; none where it is not known.
pub(crate) fn code(text: &str) -> Option<Cow<'static, str>> {
    let name = text.trim().to_lowercase();
    let known = CODES.get(name.as_str()).map(|code| Cow::Borrowed(*code));
    known.or_else(|| Some(name.to_uppercase()).filter(|code| is_country(code)).map(Cow::Owned))
}
