use strict;
use warnings;

# What `nginx -t` says of a wrong setting: what it found, what it expected, and where the right value is.

use AepConfiguration;
use Test::More;

my $organization = $AepConfiguration::organization_id;
my $datastream   = $AepConfiguration::datastream_id;

# Values: the directive, wrong values of it, and what is said of each behind `invalid value "..." in "..." directive`.
my $organization_help = 'expected 24 letters or digits and "@AdobeOrg"';
my $where_organization = 'Adobe Experience Platform shows it under Ctrl+I (or Cmd+I), "Current Org ID"';
my $where_datastream   = 'Adobe Experience Platform shows it under Data Collection, Datastreams';
my $edge_help          = 'expected a base URL such as https://edge.adobedc.net';

my @wrong_values = (
    [aep_organization_id => $organization_help, $where_organization, '""', qw(
        0123456789ABCDEF01234567 0123456789ABCDEF0123456@AdobeOrg 0123456789ABCDEF012345678@AdobeOrg
        0123456789ABCDEF01234567@adobeorg 0123456789ABCDEF0123456_@AdobeOrg @AdobeOrg $hostname)],
    [aep_web_sdk_datastreams => 'expected a datastream ID', $where_datastream, '""', qw(
        alloy ebebf826a01f44588cecef61de241c93 ebebf826-a01f-4458-8cec-ef61de241c9
        ebebf826-a01f-4458-8cec-ef61de241c933 gbebf826-a01f-4458-8cec-ef61de241c93)],
    [aep_web_sdk_name => 'expected the name of the shop\'s own Web SDK as its pages call it', 'such as alloy', '""', qw(
        1alloy shop.alloy shop-alloy window class alloy() all.oy), '"shop alloy"', "caf\xe9"],
    [aep_page_view => 'expected off or auto', '', '""', qw(on AUTO 1)],
    [aep_inject => 'expected on, off or a variable', '', '""', qw(yes ON 1)],
    [aep_tag_place => 'expected head_start or head_end', '', '""', qw(head end HEAD_END body_end $hostname)],
    [aep_default_consent => 'expected in, pending or out', '', '""', qw(yes IN on)],
    [aep_client_ip => 'expected full, truncated or off', '', '""', qw(none on FULL)],
    [aep_opt_out_cookie => 'expected the name of a cookie', 'mg_dnt, or off', '""', qw(a=b a/b a@b), 'a,b', '"a b"', '"a;"'],
    [aep_commerce_scope => 'expected environment=, website=, store= or store_view=', 'Stores, All Stores', '""', qw(
        main =main website website= website_id=1 Website=main storeview=en)],
    [aep_edge => $edge_help, 'timeout=10s', '""', qw(
        edge.adobedc.net ftp://edge.adobedc.net https:// https:/edge.adobedc.net https://edge.adobedc.net/ee
        https://edge.adobedc.net?a=b https://user@edge.adobedc.net https://edge.adobedc.net: https://edge.adobedc.net:0
        https://edge.adobedc.net:65536 https://edge.adobedc.net:https https://edge.$hostname https://[::1
        https://[edge] https://:443 timeout=1s), 'https://edge.adobedc.net#a'],
);
for (@wrong_values) {
    my ($directive, $expected, $where, @values) = @$_;
    for my $value (@values) {
        my $found = $value =~ s/^"(.*)"$/$1/r;
        refuses({ http => "$directive $value;" },
            qq{invalid value "$found" in "$directive" directive: $expected}, $where, "$directive $value");
    }
}

refuses({ server => "aep_datastream_id $_;" },
    qq{invalid value "$_" in "aep_datastream_id" directive: expected a datastream ID}, $where_datastream,
    "aep_datastream_id $_")
    for 'abc', "$datastream:", "$datastream:de.v", "$datastream:dev:prod", "${datastream}dev",
    "$datastream:" . 'a' x 33;

refuses({ http => "aep_edge https://edge.adobedc.net $_;" }, qq{invalid value "$_" in "aep_edge" directive: $edge_help},
    "aep_edge $_")
    for qw(timeout= timeout=0 timeout=-1s timeout=abc timeout=2h answer_timeout=x connect_timeout=x connections=0
    connections=1025 connections=a http2=yes http2= proxy= proxy=proxy.example proxy=socks5://proxy.example
    keepalive=on https://edge.example);

refuses({ http => "aep_first_party_id $_->[0];" },
    qq{invalid value "$_->[1]" in "aep_first_party_id" directive: expected on, then perhaps cookie=aep_fpid},
    'max_age=400d, or off alone', "aep_first_party_id $_->[0]")
    for ['""', ''], ['yes', 'yes'], ['cookie=id', 'cookie=id'], ['off max_age=1d', 'off'], ['on max_age=x', 'max_age=x'],
    ['on max_age=0', 'max_age=0'], ['on max_age=', 'max_age='], ['on cookie=', 'cookie='], ['on cookie=a/b', 'cookie=a/b'],
    ['on cookie=kndctr_id', 'cookie=kndctr_id'], ['on cookie=__Host-id', 'cookie=__Host-id'], ['on name=id', 'name=id'];
refuses({ website => 'aep_first_party_id on cookie=mg_dnt;' },
    '"aep_first_party_id" and "aep_opt_out_cookie" name the same cookie, so that everybody would opt out',
    'one cookie that names a visitor and means out');

refuses({ http => "aep_data_layer $_->[0];" },
    qq{invalid value "$_->[1]" in "aep_data_layer" directive: expected auto or google, then perhaps name=dataLayer},
    'sku=item_id', 'currency=EUR', 'schema=off, or off alone', "aep_data_layer $_->[0]")
    for ['""', ''], ['on', 'on'], ['adobe', 'adobe'], ['GOOGLE', 'GOOGLE'], ['name=x', 'name=x'], ['off schema=off', 'off'],
    ['google name=', 'name='], ['google name=1x', 'name=1x'], ['google name=a.b', 'name=a.b'], ['google sku=', 'sku='],
    ['google sku=a-b', 'sku=a-b'], ['google currency=eur', 'currency=eur'], ['google currency=EURO', 'currency=EURO'],
    ['auto schema=yes', 'schema=yes'], ['auto schema=', 'schema='], ['auto google', 'google'];

refuses({ http => "aep_public_host $_;" }, qq{invalid value "$_" in "aep_public_host" directive: expected the host},
    "aep_public_host $_")
    for 'https://www.shop.example', 'www.shop.example/', 'www.shop.example:443';

refuses({ http => "aep_queue $_->[0];" }, qq{invalid value "$_->[1]" in "aep_queue" directive: expected a directory},
    "aep_queue $_->[0]")
    for ['""', ''], ['max_size=1g', 'max_size=1g'], ['off max_size=1g', 'off'], ['queue max_size=x', 'max_size=x'],
    ['queue max_age=x', 'max_age=x'], ['queue max_size=0', 'max_size=0'], ['queue size=1g', 'size=1g'],
    ['queue min_free=x', 'min_free=x'], ['queue min_free=', 'min_free='], ['queue min_free=%', 'min_free=%'],
    ['queue min_free=91%', 'min_free=91%'], ['queue min_free=-1', 'min_free=-1'];

refuses({ http => "$_ maybe;" }, qq{invalid value "maybe" in "$_" directive, it must be "on" or "off"}, "$_ maybe")
    for qw(aep_storefront_events aep_global_privacy_control);

refuses({ website => 'aep_datastream_id $nothing;' }, 'unknown "nothing" variable', 'an unknown variable');

# ---- files ----

refuses({ http => 'aep_edge_trusted_certificate missing.pem;' },
    qr{value "/\S+/missing\.pem" in "aep_edge_trusted_certificate" directive: cannot be read as a PEM file},
    'a file of certificates that is not there');
AepConfiguration::write_file('certificates.pem', 'nothing of the kind');
refuses({ http => 'aep_edge_trusted_certificate certificates.pem;' }, 'cannot be read as a PEM file of certificates',
    'a file of certificates without one');

my @wrong_options = (
    ['{'                             => 'cannot be read as JSON', '(line 1)'],
    [qq({"context": [],\n "a" "b"})  => 'cannot be read as JSON', '(line 2)'],
    ['{"debugEnabled":true,"debugEnabled":false}' => 'cannot be read as JSON', 'duplicate object key'],
    ['[]'                            => 'does not hold a JSON object', '{"debugEnabled": true}'],
    ['{"debug":true}'                => 'sets "debug", which alloy does not know in JSON', 'debugEnabled'],
    ['{"onBeforeEventSend":"f"}'     => 'sets "onBeforeEventSend", which alloy does not know in JSON'],
    ['{"orgId":"a"}'                 => 'sets "orgId", which is set by aep_organization_id: remove it from the file'],
    ['{"datastreamId":"a"}'          => 'sets "datastreamId", which is set by aep_datastream_id'],
    ['{"edgeConfigId":"a"}'          => 'sets "edgeConfigId", which is set by aep_datastream_id'],
    ['{"edgeDomain":"a"}'            => 'sets "edgeDomain", which is set by aep_gateway'],
    ['{"edgeBasePath":"a"}'          => 'sets "edgeBasePath", which is set by aep_gateway'],
    ['{"defaultConsent":"in"}'       => 'sets "defaultConsent", which is set by aep_default_consent'],
    ['{"thirdPartyCookiesEnabled":true}' => 'sets "thirdPartyCookiesEnabled", which is set by aep_gateway'],
);
for (@wrong_options) {
    my ($json, @said) = @$_;
    AepConfiguration::write_file('options.json', $json);
    refuses({ http => 'aep_web_sdk_options options.json;' },
        qr{file "/\S+/options\.json" in "aep_web_sdk_options" directive}, @said, "options $json");
}
refuses({ http => 'aep_web_sdk_options missing.json;' }, qr{/missing\.json" in "aep_web_sdk_options"},
    'No such file or directory', 'a file of options that is not there');

# ---- places, numbers of arguments, repetitions ----

my %right = (
    aep_organization_id          => $organization,
    aep_datastream_id            => $datastream,
    aep_public_host              => '$host',
    aep_web_sdk_name             => 'alloy',
    aep_web_sdk_datastreams      => $datastream,
    aep_web_sdk_options          => 'good.json',
    aep_storefront_events        => 'off',
    aep_page_view                => 'auto',
    aep_data_layer               => 'auto',
    aep_inject                   => 'on',
    aep_tag_place                => 'head_end',
    aep_commerce_scope           => 'website=main',
    aep_default_consent          => 'in',
    aep_opt_out_cookie           => 'mg_dnt',
    aep_global_privacy_control   => 'on',
    aep_client_ip                => 'full',
    aep_first_party_id           => 'on',
    aep_edge                     => 'https://edge.adobedc.net',
    aep_edge_trusted_certificate => '/etc/ssl/certs/ca-certificates.crt',
    aep_edge_credentials         => 'credential.json',
    aep_queue                    => 'off',
    aep_sdk                      => '',
    aep_gateway                  => '',
);
AepConfiguration::write_file('good.json', '{"debugEnabled":true}');
AepConfiguration::write_file('credential.json', '{"CLIENT_ID":"id","CLIENT_SECRETS":["s"],"ORG_ID":"'
    . $organization . '","SCOPES":["openid"]}');
chmod 0600, AepConfiguration::directory() . '/credential.json';

my %places = (
    (map { $_ => [qw(http server)] } keys %right),
    aep_organization_id => ['http'],
    aep_queue           => ['http'],
    aep_edge_credentials => ['http'],
    aep_datastream_id   => ['server'],
    aep_inject          => [qw(http server location)],
    aep_tag_place       => [qw(http server location)],
    aep_commerce_scope  => [qw(http server location)],
    aep_sdk             => ['prefix'],
    aep_gateway         => ['prefix'],
);

sub lines_at {
    my ($place, $lines) = @_;
    return { server => "location /here/ { $lines } aep_storefront_events off;" } if $place eq 'prefix';
    return { location => "if (\$host) { $lines }" }                              if $place eq 'if';
    return { server => $lines =~ /aep_storefront_events/ ? $lines : "$lines aep_storefront_events off;" }
        if $place eq 'server';
    return { $place => $lines };
}

for my $directive (sort keys %right) {
    my %is_right = map { $_ => 1 } @{ $places{$directive} };
    for my $place (qw(main http server location prefix if)) {
        next if $is_right{$place} || $place =~ /location|prefix/ && ($is_right{prefix} || $is_right{location});
        refuses(lines_at($place, "$directive $right{$directive};"), qq{"$directive" directive is not allowed here},
            "$directive at $place");
    }
    for my $place (@{ $places{$directive} }) {
        accepts(lines_at($place, "$directive $right{$directive};"), "$directive at $place");
        refuses(lines_at($place, "$directive $right{$directive};" x 2),
            qr/"$directive" directive (?:is duplicate|stands in two locations)/, "$directive twice at $place");
    }
    my $place = $places{$directive}[0];
    my $no_arguments = length $right{$directive} ? '' : 'one';
    my $too_many = "$right{$directive} a b" =~ s/^ //r;
    refuses(lines_at($place, "$directive $no_arguments;"), qq{invalid number of arguments in "$directive" directive},
        "$directive without an argument that it needs, or with one that it does not");
    next if $directive =~ /^aep_(?:web_sdk_datastreams|commerce_scope|data_layer|first_party_id|edge|queue)$/;
    refuses(lines_at($place, "$directive $too_many;"), qq{invalid number of arguments in "$directive" directive},
        "$directive with too many arguments");
}

refuses({ http => 'aep_commerce_scope website=a website=b;' }, 'invalid value "website=b"', 'a part of the scope twice');

# ---- the two locations ----

for my $directive (qw(aep_sdk aep_gateway)) {
    refuses({ server => "location $_ { $directive; }" }, qq{"$directive" directive stands in location},
        'expected a prefix location other than "/", as "location ^~ /aep/ { ... }"; aep/website.inc holds them',
        "$directive in location $_")
        for '= /aep.js', '~ ^/aep/', '~* \.js$', '@aep';
    refuses({ location => "$directive;" }, qq{"$directive" directive stands in location "/"}, "$directive in location /");
    refuses({ website => "location /other/ { $directive; }" },
        qr{"$directive" directive stands in two locations of this server block, "/\w+/" and "/other/": expected one},
        "$directive in two locations");
}

done_testing;
