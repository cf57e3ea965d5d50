use strict;
use warnings;

# Where pages get a tag without `aep_storefront_events on`, and what nginx says at its start.

use AepConfiguration;
use AepServer;
use AepTag;
use Test::More;

my $datastream = "aep_datastream_id $AepConfiguration::datastream_id;";
my $locations  = 'location ^~ /aep/ { aep_sdk; } location ^~ /ee/ { aep_gateway; }';

# One nginx with the lines for its http block, and for server blocks by their names. Which of them have a tag?
sub hosts_with_tag {
    my ($http, %servers) = @_;
    my $blocks = join '', map { <<"SERVER" } sort keys %servers;
    server {
        listen       127.0.0.1:AEP_PORT;
        server_name  $_;
        $servers{$_}
        location / { default_type text/html; return 200 "<!doctype html><head>"; }
    }
SERVER
    my $server = AepServer->start(edge => 'http://127.0.0.1:1', http => $http . $blocks, workers => 1);
    my @hosts = grep { AepTag::data($server->client->get('/', Host => $_)->{body}) } sort keys %servers;
    $server->quit;
    $server->is_clean("with @hosts");
    return \@hosts;
}

my %servers = (
    'a-datastream'               => "$datastream $locations",
    'a-datastream-with-variable' => "aep_datastream_id \${arg_none}$AepConfiguration::datastream_id; $locations",
    'a-datastream-but-off'       => "$datastream $locations aep_storefront_events off;",
    'a-name'                     => "aep_web_sdk_name alloy; $locations",
    'a-name-but-off'             => "aep_web_sdk_name alloy; aep_storefront_events off;",
    'both'                       => "$datastream aep_web_sdk_name alloy; $locations",
    'nothing'                    => '',
    'only-locations'             => $locations,
    'only-off'                   => 'aep_storefront_events off;',
);
my @on = qw(a-datastream a-datastream-with-variable a-name both);

is_deeply(hosts_with_tag('', %servers), \@on, 'servers with a datastream ID or a name of their own');
is_deeply(hosts_with_tag('aep_web_sdk_name alloy;', %servers), [sort @on, 'only-locations'],
    'a name in the http block switches on only those that serve the SDK file');
is_deeply(hosts_with_tag('aep_storefront_events off;', %servers), [], 'off in the http block');
is_deeply(hosts_with_tag('aep_storefront_events off;', %servers, 'on' => "$datastream $locations aep_storefront_events on;"),
    ['on'], 'on in a server block again');
is_deeply(hosts_with_tag('aep_storefront_events on;', map { $_ => $servers{$_} } @on, 'a-datastream-but-off'), \@on,
    'on in the http block');

# ---- what is said ----

my $missing_include = 'storefront events are on, but no location serves the SDK file: add "include aep/website.inc;" to '
    . 'this server block (it holds the locations with "aep_sdk" and "aep_gateway"), or "aep_storefront_events off;"';

refuses({ server => $datastream }, qq{server "server.example": $missing_include}, 'a datastream ID without the include');
refuses({ server => 'aep_web_sdk_name alloy;' }, $missing_include, 'a name without the include');
refuses({ server => "$datastream aep_storefront_events on;" }, $missing_include, 'the same, on by name');
refuses({ server => "$datastream location ^~ /ee/ { aep_gateway; }" }, $missing_include, 'a gateway without the SDK file');
accepts({ http => 'aep_web_sdk_name alloy;' }, 'a name in the http block, which a server without the include ignores');

refuses({ server => "$locations aep_storefront_events on;" },
    'server "server.example": storefront events need a datastream: set "aep_datastream_id" (or "aep_web_sdk_name", if '
    . 'the shop runs its own Web SDK) in this server block', 'on without a datastream ID');
refuses({ no_organization => 1, server => "$datastream $locations aep_storefront_events on;" },
    'server "server.example": storefront events need an organization ID: set "aep_organization_id" in the http block; '
    . 'Adobe Experience Platform shows it under Ctrl+I (or Cmd+I), "Current Org ID"', 'on without an organization ID');

accepts({ no_organization => 1, server => "$datastream $locations" },
    '[warn]', 'server "server.example": storefront events stay off, because there is a datastream ID but no organization '
    . 'ID: set "aep_organization_id" in the http block', 'a datastream ID without an organization ID');
accepts({ website => 'aep_web_sdk_name alloy;' },
    qr/\[notice\].*server "shop\.example": "aep_datastream_id" is ignored, because "aep_web_sdk_name" defers to the shop's/,
    'both a datastream ID and a name');
accepts({ server => "$datastream location ^~ /aep/ { aep_sdk; }" },
    qr/\[notice\].*server "server\.example": there is no location with "aep_gateway": .* not through the shop's own domain/,
    'no gateway');

for my $quiet ({ server => '' }, { no_organization => 1 }, { website => 'aep_page_view off;' }, { website => 'aep_data_layer google;' },
    { server => "$datastream aep_storefront_events off;" }, { server => $locations }) {
    accepts($quiet, join ' ', 'nothing is said of', %$quiet);
    unlike($AepConfiguration::said, qr/aep:/, 'nothing at all');
}

done_testing;
