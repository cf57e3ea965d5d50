# Who may send back office documents, and what nginx -t says of wrong settings.

use strict;
use warnings;

use AepBackOffice;
use AepEdge;
use AepServer;
use File::Temp ();
use JSON::PP qw(encode_json);
use MIME::Base64 qw(encode_base64);
use Test::More;

my $edge      = AepEdge->start;
my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
chmod 0755, $directory;

sub write_file {
    my ($name, $content, $mode) = @_;
    open my $out, '>', "$directory/$name" or die "$name: $!";
    print $out $content;
    close $out or die "$name: $!";
    chmod $mode // 0600, "$directory/$name";
    return "$directory/$name";
}

sub make_key {
    my $name = shift;
    system("openssl genrsa -out $directory/$name.key 2048 2>/dev/null && mkdir -p $directory/keys"
            . " && openssl rsa -in $directory/$name.key -pubout -out $directory/$name.pem 2>/dev/null") == 0
        or die 'openssl does not make a key';
    return;
}

sub sign {
    my ($name, $message) = @_;
    my $file = write_file('message', $message);
    open my $out, '-|', "openssl dgst -sha256 -sign $directory/$name.key $file" or die "openssl: $!";
    binmode $out;
    local $/;
    return encode_base64(scalar <$out>, '');
}

make_key($_) for qw(commerce events stranger);
system("cp $directory/events.pem $directory/keys/pub-key-1.pem") == 0 or die 'cp';

subtest 'Commerce webhook signature' => sub {
    my $shop = AepBackOffice->start($edge, token => 0, location => "aep_back_office_public_key $directory/commerce.pem;");
    my $body = encode_json({ data => { order => $shop->order(1)->{order} } });
    my $post = sub {
        my ($text, $signature, %header) = @_;
        return $shop->post($text, Authorization => undef, 'X-AEP-Event' => 'orderPlaced',
            'X-Adobe-Commerce-Webhook-Signature' => $signature, %header)->{status};
    };
    my $signature = sign('commerce', encode_base64($body, ''));
    is($post->($body, $signature), 200, 'over the base64 text of the body');
    is($post->($body, sign('commerce', $body)), 200, 'over the body');
    is($post->("$body ", $signature), 401, 'over something else');
    is($post->($body, sign('stranger', encode_base64($body, ''))), 401, 'by a stranger');
    is($post->($body, undef), 401, 'none');
    is($post->($body, undef, Authorization => "Bearer $AepBackOffice::token"), 401, 'a token opens nothing here');
    is($post->('no JSON', sign('stranger', 'no JSON')), 401, 'nothing is looked into before the signature');
    is($post->('no JSON', sign('commerce', 'no JSON')), 400, 'but behind it');
    my $lines = encode_json($shop->order(2)) . "\n" . encode_json($shop->order(3));
    is($post->($lines, sign('commerce', $lines), 'Content-Type' => 'application/x-ndjson', 'X-AEP-Event' => undef), 202, 'NDJSON, too');
    $shop->server->quit;
    $shop->server->is_clean('after signatures of Commerce');
};

subtest 'Adobe I/O Events' => sub {
    my $shop = AepBackOffice->start($edge, location => "aep_back_office_event_keys $directory/keys;");
    my $body = encode_json([{
        specversion => '1.0', type => 'com.adobe.commerce.observer.sales_order_save_commit_after',
        data => { value => { %{ $shop->order(10)->{order} }, _isNew => JSON::PP::true } } }]);
    my $post = sub {
        my ($text, %header) = @_;
        return $shop->post($text, Authorization => undef, 'Content-Type' => 'application/cloudevents-batch+json', %header);
    };
    my $good = sign('events', $body);
    my $answer = $post->($body, 'X-Adobe-Digital-Signature-1' => $good, 'X-Adobe-Public-Key1-Path' => '/prod/keys/pub-key-1.pem');
    is($answer->{status}, 202, 'the first signature') or diag explain $answer;
    is($shop->results($answer)->[0]{result}, 'accepted', 'the event is taken');
    is($post->($body, 'X-Adobe-Digital-Signature-1' => sign('stranger', $body), 'X-Adobe-Digital-Signature-2' => $good)->{status}, 202, 'the second');
    is($post->($body, 'X-Adobe-Digital-Signature-1' => sign('stranger', $body))->{status}, 401, 'by a stranger');
    is($shop->post($body)->{status}, 202, 'a token opens as well');

    like($shop->server->log, qr/\[warn\].*no client_id=.*any of Adobe's customers/, 'nginx warns that events of others would be taken');
    my $get = sub { return $shop->server->client->get("/orders?challenge=$_[0]", $shop->header(Authorization => undef)) };
    my $challenge = $get->('8ec8d794-e0ab-42df-9017-e3dada8e84f7');
    is($challenge->{status}, 200, 'the challenge at registration');
    is($challenge->{body}, '8ec8d794-e0ab-42df-9017-e3dada8e84f7', 'is answered with itself');
    is($challenge->{headers}{'content-type'}[0], 'text/plain', 'as text');
    is($get->('%3Cscript%3E')->{status}, 400, 'nothing else is');
    $shop->server->quit;
    $shop->server->is_clean('after signatures of Adobe I/O Events');
};

subtest 'events that Adobe signs for somebody else' => sub {
    my $shop = AepBackOffice->start($edge, token => 0, location => "aep_back_office_event_keys $directory/keys client_id=4c6d0f1e2a3b;");
    my $post = sub {
        my @clients = @_;
        my $body = encode_json([map { {
            specversion => '1.0', type => 'com.adobe.commerce.observer.sales_order_save_commit_after', recipientclientid => $_,
            data => { value => { %{ $shop->order(11)->{order} }, _isNew => JSON::PP::true } } } } @clients]);
        return $shop->post($body, Authorization => undef, 'X-Adobe-Digital-Signature-1' => sign('events', $body));
    };
    is($post->('4c6d0f1e2a3b')->{status}, 202, 'those for the project are taken');
    my $answer = $post->('4c6d0f1e2a3b', 'ffffffffffff');
    is($answer->{status}, 403, 'others are not, nor a batch with one of them');
    is($answer->{headers}{'content-type'}[0], 'application/problem+json', 'as a problem');
    is($post->(undef)->{status}, 403, 'nor those that do not say');
    unlike($shop->server->log, qr/no client_id=/, 'nginx has nothing to warn of');
    $shop->server->quit;
};

subtest 'nginx\'s own rules' => sub {
    my $shop = AepBackOffice->start($edge, token => 0, location => 'aep_back_office_token off; allow 127.0.0.1; deny all;');
    is($shop->post($shop->order(20), Authorization => undef)->{status}, 202, 'decide with "off"');
    $shop->server->quit;
};

subtest 'a token that is gone after a reload' => sub {
    my $file = write_file('tokens', "first-token-of-the-backend\nsecond-token-of-the-backend\n");
    my $shop = AepBackOffice->start($edge, token => 0, location => "aep_back_office_token $file;");
    my $status = sub { return $shop->post($shop->order($_[0]), Authorization => "Bearer $_[1]-token-of-the-backend")->{status} };
    is($status->(30, 'first'),  202, 'the first opens');
    is($status->(31, 'second'), 202, 'the second, too');
    write_file('tokens', "second-token-of-the-backend\n");
    my %before = map { $_ => 1 } $shop->server->workers;
    $shop->server->signal('HUP');
    AepServer::wait_until(sub { my @now = $shop->server->workers; @now && !grep { $before{$_} } @now });
    is($status->(32, 'first'),  401, 'what is not in the file any more does not');
    is($status->(33, 'second'), 202, 'the other one still does');
    $shop->server->quit;
};

subtest 'back office events are off by default' => sub {
    my $server = AepServer->start(edge => $edge->url, workers => 1, server => 'location = /orders { aep_back_office; }');
    is($server->client->post('/orders', '{}', Origin => undef)->{status}, 404, 'the location does nothing');
    unlike($server->log, qr/back office(?! events off)/, 'and only that is said');
    $server->quit;
};

subtest 'the datastream of a website with its own SDK' => sub {
    my $shop = AepBackOffice->start($edge, server => 'aep_web_sdk_name shopAlloy;');
    is($shop->post($shop->order(40))->{status}, 202, 'is the one for its back office');
    unlike($shop->server->log, qr/"aep_datastream_id" is ignored/, 'and nothing else is said');
    $shop->server->quit;
};

subtest 'the notice' => sub {
    my $shop = AepBackOffice->start($edge);
    like($shop->server->log, qr/\[notice\].*back office events are sent whatever a shopper chose/, 'of what the browser\'s choice does not decide');
    $shop->server->quit;
};

sub refused {
    my ($what, $pattern, %options) = @_;
    my $server = eval { AepServer->start(edge => $edge->url, workers => 1, %options) };
    if ($server) {
        fail($what);
        return $server->quit;
    }
    like($@, $pattern, $what);
    return;
}

my $open  = write_file('open',  "token-that-everybody-can-read\n", 0644);
my $empty = write_file('empty', "# nothing\n");
my $wrong = write_file('wrong', "a token with blanks\n");
my $json  = write_file('labels', '{"custom_attributes":{"order":{"gift":"commerce.order.gift"}}}');
my $none  = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
my $on    = 'aep_back_office_events on;';

refused('no method at all', qr/location "\/orders" takes back office events from anybody/, server => "$on location = /orders { aep_back_office; }");
refused('a file that is open to all', qr/is open to all users of this machine/, server => "$on location = /orders { aep_back_office; aep_back_office_token $open; }");
refused('a file without tokens', qr/holds no token/, server => "$on location = /orders { aep_back_office; aep_back_office_token $empty; }");
refused('a file with something else', qr/something else than a token in line 1/, server => "$on location = /orders { aep_back_office; aep_back_office_token $wrong; }");
refused('no such file', qr/cannot be read: No such file/, server => "$on location = /orders { aep_back_office; aep_back_office_token $directory/none; }");
refused('a key that is none', qr/holds no public key/, server => "$on location = /orders { aep_back_office; aep_back_office_public_key $empty; }");
refused('a client ID that is none', qr/invalid value "client_id="/, server => "$on location = /orders { aep_back_office; aep_back_office_event_keys $directory/keys client_id=; }");
refused('a directory without keys', qr/holds no file that ends in "\.pem"/, server => "$on location = /orders { aep_back_office; aep_back_office_event_keys $none; }");
refused('the same twice', qr/"aep_back_office_token" directive is duplicate/, server => "$on location = /orders { aep_back_office; aep_back_office_token off; aep_back_office_token off; }");
refused('wrong labels', qr/the file of "aep_back_office_labels".*gift/s, server => "$on aep_back_office_labels $json; location = /orders { aep_back_office; aep_back_office_token off; }");
refused('no queue', qr/back office events are acknowledged once they are safe in the queue, but "aep_queue" is off/, http => 'aep_queue off;', server => "$on location = /orders { aep_back_office; aep_back_office_token off; }");
refused('a store that is no number', qr/invalid value "main" in "aep_commerce_store" directive/, server => 'aep_commerce_store main website=base;');
refused('a store twice', qr/named before/, server => 'aep_commerce_store 1 website=base; aep_commerce_store 1 website=other;');
refused('a code that is none', qr/invalid value "website=a b"/, server => 'aep_commerce_store 1 "website=a b";');
refused('an unknown parameter', qr/invalid value "shop=base"/, server => 'aep_commerce_store 1 shop=base;');
refused('a profile datastream that is none', qr/invalid value "datastream=1"/, server => 'aep_back_office_profile_events on datastream=1;');
refused('no datastream', qr/back office events need a datastream/, http => <<"OTHER");
    server { listen 127.0.0.1:AEP_PORT; server_name other.example; $on location = /orders { aep_back_office; aep_back_office_token off; } }
OTHER

done_testing;
