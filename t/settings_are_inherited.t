use strict;
use warnings;

# What is set in the http block holds in all server blocks, and in their locations, unless they set it themselves.

use AepEdge;
use AepServer;
use AepTag;
use File::Temp ();
use JSON::PP ();
use Test::More;

my $datastream = 'ebebf826-a01f-4458-8cec-ef61de241c93';
my $edge       = AepEdge->start;
my $other_edge = AepEdge->start;
my $url        = 'http://127.0.0.1:' . $edge->port;
my $other_url  = 'http://127.0.0.1:' . $other_edge->port;

my $files = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
for ([http => '{ "debugEnabled": true }'], [server => '{"streamingMedia":{"x":19.99,"y":"caf\u00e9 <\""}}']) {
    my ($name, $json) = @$_;
    open my $out, '>', "$files/$name.json" or die "$name: $!";
    print $out $json;
}

sub server_block {
    my ($name, $lines) = @_;
    return <<"SERVER";
    server {
        listen       127.0.0.1:AEP_PORT;
        server_name  $name;
        location ^~ /aep/ { aep_sdk; }
        location ^~ /ee/  { aep_gateway; }
        location /        { return 200 "<!doctype html><head><meta charset=utf-8>"; }
        $lines
    }
SERVER
}

my $changed = <<"LINES";
        aep_datastream_id           6a1c2f30-8d4b-4e57-a9c1-0b7d5e3f9a12:dev;
        aep_web_sdk_options         $files/server.json;
        aep_page_view               auto;
        aep_data_layer              google currency=CZK;
        aep_default_consent         out;
        aep_opt_out_cookie          no_tracking;
        aep_global_privacy_control  on;
        aep_client_ip               full;
        aep_first_party_id          on;
        aep_commerce_scope          store=b;
        aep_edge                    $other_url answer_timeout=5s;
LINES

my $scopes = <<"LINES";
        aep_datastream_id  $datastream;
        location /b/ {
            aep_commerce_scope  website=wb store_view=\$arg_view;
            return 200 "<!doctype html><head><meta charset=utf-8>";
            location /b/c/ { return 200 "<!doctype html><head><meta charset=utf-8>"; }
            location /b/d/ { aep_inject off; return 200 "<!doctype html><head><meta charset=utf-8>"; }
        }
        location /off/ {
            aep_inject  off;
            return 200 "<!doctype html><head><meta charset=utf-8>";
            location /off/on/  { aep_inject on; return 200 "<!doctype html><head><meta charset=utf-8>"; }
            location /off/off/ { return 200 "<!doctype html><head><meta charset=utf-8>"; }
        }
LINES

my $places = <<"LINES";
        aep_datastream_id  $datastream;
        aep_tag_place      head_end;
        location /end/ { return 200 "<!doctype html><head><meta charset=utf-8><title></title></head>"; }
        location /start/ {
            aep_tag_place  head_start;
            return 200 "<!doctype html><head><meta charset=utf-8><title></title></head>";
            location /start/too/ { return 200 "<!doctype html><head><meta charset=utf-8><title></title></head>"; }
            location /start/end/ {
                aep_tag_place  head_end;
                return 200 "<!doctype html><head><meta charset=utf-8><title></title></head>";
            }
        }
LINES

my $direct = <<"SERVER";
    server {
        listen             127.0.0.1:AEP_PORT;
        server_name        direct.example;
        aep_datastream_id  $datastream;
        location ^~ /aep/ { aep_sdk; }
        location / { return 200 "<!doctype html><head><meta charset=utf-8>"; }
    }
SERVER

my $http = <<"LINES";
    default_type                text/html;
    aep_web_sdk_options         $files/http.json;
    aep_page_view               off;
    aep_data_layer              google name=gtmLayer sku=sku currency=EUR schema=off;
    aep_default_consent         pending;
    aep_opt_out_cookie          off;
    aep_global_privacy_control  off;
    aep_client_ip               off;
    aep_first_party_id          on cookie=http_id max_age=1h;
    aep_commerce_scope          environment=e website=w store=s store_view=v;
LINES

my $server = AepServer->start(
    edge => "$url answer_timeout=5s",
    http => join('', $http,
        server_block('inherits.example', "aep_datastream_id $datastream;"),
        server_block('changes.example',  $changed),
        server_block('scopes.example',   $scopes),
        server_block('places.example',   $places),
        $direct),
);

my $client = $server->client;

# The JSON of the one tag in a page, decoded; undef where there is none.
sub data_of {
    my ($host, $path) = @_;
    my $page = $client->get($path // '/', Host => $host)->{body};
    my @data = AepTag::data($page);
    cmp_ok(@data, '<=', 1, 'at most one tag');
    return @data ? JSON::PP::decode_json($data[0]) : undef;
}

my $scope = { environment => 'e', website => 'w', store => 's', storeView => 'v' };
my %common = (v => 1, org => '0123456789ABCDEF01234567@AdobeOrg', gateway => 'ee');

is_deeply(
    data_of('inherits.example'),
    {
        %common,
        datastream => $datastream,
        consent    => 'pending',
        pageView   => 'off',
        dataLayer  => { mode => 'google', name => 'gtmLayer', sku => 'sku', currency => 'EUR', schema => JSON::PP::false },
        scope      => $scope,
        options    => { debugEnabled => JSON::PP::true },
    },
    'a server block has what the http block has');

is_deeply(
    data_of('changes.example'),
    {
        %common,
        datastream => '6a1c2f30-8d4b-4e57-a9c1-0b7d5e3f9a12:dev',
        consent    => 'out',
        optOut     => 'no_tracking',
        gpc        => JSON::PP::true,
        dataLayer  => { mode => 'google', currency => 'CZK' },
        scope      => { store => 'b' },
        options    => { streamingMedia => { x => 19.99, y => "caf\x{e9} <\"" } },
    },
    'a server block has what it sets itself');
like($client->get('/', Host => 'changes.example')->{body}, qr/&quot;x&quot;:19\.99,/, 'numbers stay as they were written');

sub place_in {
    my $page = $client->get(shift, Host => 'places.example')->{body};
    return AepTag::marked($page) =~ /(?:charset=utf-8>(?<start>\[tag\])|<\/title>\[tag\])/ ? $+{start} ? 'start' : 'end' : $page;
}
is(place_in($_), 'end',   "$_: the tag at the end of head")   for qw(/end/ /start/end/);
is(place_in($_), 'start', "$_: the tag at the start of head") for qw(/start/ /start/too/);

is_deeply(data_of('scopes.example')->{scope}, $scope, 'the scope of the http block');
is_deeply(data_of('scopes.example', '/b/?view=de')->{scope}, { website => 'wb', storeView => 'de' },
    'the scope of a location, with a variable');
is_deeply(data_of('scopes.example', '/b/')->{scope}, { website => 'wb' }, 'whose variable is empty');
is_deeply(data_of('scopes.example', '/b/c/?view=%22%3C%26%C3%BC')->{scope}, { website => 'wb', storeView => '%22%3C%26%C3%BC' },
    'a location in a location has the scope of the outer one');
is(data_of('scopes.example', $_), undef, "no tag at $_") for qw(/b/d/ /off/ /off/off/);
is_deeply(data_of('scopes.example', '/off/on/')->{scope}, $scope, 'a location in a location switches the tag on again');

is(data_of('direct.example')->{gateway}, undef, 'a website without a gateway names none');
is(data_of('direct.example')->{edge}, '127.0.0.1', 'but the host that events go to');

# ---- what the gateway does with it ----

my @cookies;    # of the last answer

sub reaches {
    my ($which, $host, %header) = @_;
    $_->clear for $edge, $other_edge;
    my $answer = $client->post('/ee/v1/interact?requestId=r' . int rand 1e9, '{"events":[{"xdm":{}}]}',
        Host => $host, Origin => "https://$host", %header);
    is($answer->{status}, 200, "$host is answered");
    @cookies = @{ $answer->{headers}{'set-cookie'} // [] };
    return $which->requests->[0];
}

my $request = reaches($edge, 'inherits.example', Cookie => 'mg_dnt=1', 'Sec-GPC' => 1);
is($request->{query}{configId}, $datastream, 'the Edge of the http block gets an event, with the datastream of the website');
is($request->{headers}{'x-forwarded-for'}, undef, 'and no address of the visitor');
is(scalar(grep { /^http_id=.*Max-Age=3600;/ } @cookies), 1, 'a visitor gets the first-party ID of the http block');

$request = reaches($other_edge, 'changes.example');
is($request->{query}{configId}, '6a1c2f30-8d4b-4e57-a9c1-0b7d5e3f9a12:dev', 'the Edge of the server block gets an event');
is($request->{headers}{'x-forwarded-for'}, '127.0.0.1', 'and the address of the visitor');
is(scalar(grep { /^aep_fpid=.*Max-Age=34560000;/ } @cookies), 1, 'a visitor gets the first-party ID of the server block');

for ([Cookie => 'no_tracking=1'], ['Sec-GPC' => 1]) {
    is(reaches($other_edge, 'changes.example', @$_), undef, "nothing goes with @$_");
}

$server->quit;
$server->is_clean('in all of it');
done_testing;
