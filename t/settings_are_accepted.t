use strict;
use warnings;

# All forms of each directive's value that `nginx -t` takes.

use AepConfiguration;
use Test::More;

my $uuid = $AepConfiguration::datastream_id;

AepConfiguration::write_file('options.json', '{"debugEnabled":true,"clickCollection":{"internalLinkEnabled":false}}');

my %right = (
    aep_organization_id     => [qw(0123456789ABCDEF01234567@AdobeOrg abcdefghijklmnopqrstuvwx@AdobeOrg)],
    aep_web_sdk_name        => [qw(alloy _a $a1 shopAlloy)],
    aep_web_sdk_datastreams => [$uuid, "$uuid:dev", "$uuid 6a1c2f30-8d4b-4e57-a9c1-0b7d5e3f9a12 $uuid:prod"],
    aep_web_sdk_options     => [qw(options.json), AepConfiguration::directory() . '/options.json'],
    aep_storefront_events   => [qw(off)],
    aep_page_view           => [qw(auto off)],
    aep_data_layer          => [
        qw(auto google off), 'auto schema=off', 'google name=gtmLayer sku=sku currency=EUR',
        'google name=_a$1 sku=$b schema=on', 'auto currency=CZK name=x sku=y schema=off'
    ],
    aep_inject              => [qw(on off $host $arg_a$arg_b)],
    aep_tag_place           => [qw(head_start head_end)],
    aep_commerce_scope      => [
        'website=base', 'environment=e website=w store=s store_view=v', 'store_view=$host', '"store=North Shop"',
        'website=a=b',
    ],
    aep_public_host            => ['www.shop.example', '$host', '$http_x_forwarded_host', '[2001:db8::1]'],
    aep_default_consent        => [qw(in pending out)],
    aep_opt_out_cookie         => [qw(mg_dnt off __Host-no)],
    aep_global_privacy_control => [qw(on off)],
    aep_client_ip              => [qw(full truncated off)],
    aep_first_party_id         => ['on', 'off', 'on cookie=id', 'on max_age=13w', 'on max_age=2y cookie=__Secure-id'],
    aep_edge                   => [
        qw(https://edge.adobedc.net https://edge.adobedc.net/ http://127.0.0.1:8080 https://[::1]:8443),
        'https://edge.adobedc.net answer_timeout=500ms connect_timeout=1s timeout=1m connections=1 http2=on',
        'https://edge.adobedc.net connections=1024 http2=off proxy=http://proxy.example:3128',
    ],
    aep_edge_trusted_certificate => [qw(/etc/ssl/certs/ca-certificates.crt)],
    aep_queue                    => [
        'off',              'queue',
        'queue min_free=0', '/var/spool/aep max_size=10m max_age=1d',
        'queue max_age=90m', 'queue min_free=10%',
        'queue min_free=2g'
    ],
);

for my $directive (sort keys %right) {
    accepts({ http => "$directive $_;" }, "$directive $_") for @{ $right{$directive} };
}

accepts({ website => "aep_datastream_id $_;" }, "aep_datastream_id $_")
    for $uuid, uc $uuid, "$uuid:dev", "$uuid:stage_2", '$host', '${host}' . substr $uuid, 8;

accepts({ server => "aep_datastream_id $uuid; location $_->[0] { aep_sdk; } location $_->[1] { aep_gateway; }" },
    "locations @$_")
    for ['^~ /aep/', '^~ /ee/'], ['/aep/', '/ee/'], ['/aep', '/ee'], ['/static/aep/', '/a/b/ee/'];
accepts({ server => "aep_datastream_id $uuid; location /shop/ { location /shop/aep/ { aep_sdk; } "
    . 'location /shop/ee/ { aep_gateway; } }' }, 'locations in a location');

done_testing;
