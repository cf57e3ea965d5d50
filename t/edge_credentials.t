# The credential of aep_edge_credentials, and the tokens that nginx gets for it from Adobe's token service.

use strict;
use warnings;

use AepCertificate;
use AepConfiguration;
use AepEdge;
use AepServer;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

my $organization = $AepConfiguration::organization_id;
my $secret       = 'p8e-0123456789abcdefghijklmnopqrstuv';
my $file         = AepConfiguration::directory() . '/credential.json';
my $json         = JSON::PP->new->canonical;

# Writes the file as the Developer Console gives it, with other members where `%members` has them.
sub write_credential {
    my %members = @_;
    my %credential = (
        CLIENT_ID               => 'cf0b4e1f2d3c4b5a',
        CLIENT_SECRETS          => [$secret],
        ORG_ID                  => $organization,
        SCOPES                  => [qw(openid AdobeID read_organizations)],
        TECHNICAL_ACCOUNT_ID    => '0123@techacct.adobe.com',
        TECHNICAL_ACCOUNT_EMAIL => 'e0123@techacct.adobe.com',
        %members
    );
    delete $credential{$_} for grep { !defined $credential{$_} } keys %credential;
    return write_text($json->encode(\%credential));
}

sub write_text {
    my $text = shift;
    AepConfiguration::write_file('credential.json', $text);
    chmod 0600, $file or die "chmod: $!";
    return;
}

my $directive = { http => 'aep_edge_credentials credential.json;' };
my $refused   = qr{file "/\S+/credential\.json" in "aep_edge_credentials" directive};

subtest 'settings that are accepted' => sub {
    write_credential();
    accepts($directive, 'the file of the Developer Console');
    accepts({ http => "aep_edge_credentials $file;", website => ' ' }, 'by its whole path, with a website');
    write_credential(CLIENT_SECRETS => [qw(one two)], IMS_ENDPOINT => 'https://ims-na1-stg1.adobelogin.com');
    accepts($directive, 'two secrets and another token service');
};

subtest 'settings that are refused' => sub {
    my %wrong = (
        CLIENT_ID      => ['"CLIENT_ID" is missing, expected the client ID'],
        CLIENT_SECRETS => ['"CLIENT_SECRETS" is missing, expected a list with the client secret'],
        ORG_ID         => ['"ORG_ID" is missing'],
        SCOPES         => ['"SCOPES" is missing, expected a list of scopes'],
    );
    for my $member (sort keys %wrong) {
        write_credential($member => undef);
        refuses($directive, $refused, @{ $wrong{$member} }, 'https://developer.adobe.com/console', "without $member");
        unlike($AepConfiguration::said, qr/$secret/, 'the secret is not said');
    }
    write_text(qq({"CLIENT_SECRETS":["$secret" "$secret"]}));
    refuses($directive, $refused, 'cannot be read as JSON: there is a mistake in line 1, column', 'what is not JSON');
    unlike($AepConfiguration::said, qr/p8e-/, 'the secret is not said');
    write_text('{"project":{}}');
    refuses($directive, $refused, 'is the JSON of a whole project', 'the file of a project');
    write_credential();
    for my $mode (0640, 0604, 0644) {
        chmod $mode, $file;
        refuses($directive, $refused, 'others than its owner can read or change: run "chmod 600" on it',
            sprintf 'a file with mode %o', $mode);
    }
    chmod 0600, $file;
    refuses({ http => 'aep_edge_credentials missing.json;' }, 'cannot be read: No such file or directory', 'no file');
    write_credential(ORG_ID => 'ABCDEFABCDEFABCDEFABCDEF@AdobeOrg');
    refuses(
        $directive,
        'is for the organization "ABCDEFABCDEFABCDEFABCDEF@AdobeOrg", but "aep_organization_id" is "' . $organization . '"',
        'the credential of another organization'
    );
    write_credential();
    refuses({ %$directive, no_organization => 1 }, 'but "aep_organization_id" is ""', 'no organization');
};

# ---- tokens ----

my $edge = AepEdge->start(client => 'cf0b4e1f2d3c4b5a', 'client-secrets' => "$secret,p8e-another-one");

# A server with a credential whose token service is the stand-in.
sub start {
    my %options = @_;
    write_credential(IMS_ENDPOINT => $edge->url, %{ delete $options{credential} // {} });
    return AepServer->start(
        edge    => $edge->url . ' timeout=1s answer_timeout=1s',
        workers => 2,
        main    => "error_log  AEP_DIRECTORY/debug.log  debug;\n",
        http    => "aep_edge_credentials $file;",
        # Nobody needs a token but for back office events.
        server  => 'aep_back_office_events on; location = /orders { aep_back_office; aep_back_office_token off; }',
        %options
    );
}

# What was asked of the token service, once there are so many requests.
sub token_requests {
    my ($count, %filter) = @_;
    return $edge->requests(action => 'token', at_least => $count, %filter);
}

sub said_anywhere {
    my $server = shift;
    my $text = $server->log;
    open my $in, '<', $server->directory . '/debug.log' or return $text;
    local $/;
    return $text . <$in>;
}

# One test: neither secrets nor tokens are in any log, and nginx has ended well.
sub is_clean {
    my ($server, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $server->quit;
    unlike(said_anywhere($server), qr/p8e-|tkn-|Bearer|access_token":/, "no secret is in the log $name");
    $server->is_clean($name);
    $edge->clear;
    return;
}

# Nothing more is asked for a while.
sub asks_no_more_than {
    my ($count, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    sleep 1;
    is(scalar @{ token_requests($count) }, $count, $name);
    return;
}

subtest 'one token for all workers' => sub {
    $edge->mode({ action => 'token', body => { access_token => 'tkn-0123', token_type => 'bearer', expires_in => 86399 } });
    my $server = start(workers => 4);
    my ($request) = @{ token_requests(1) };
    is("$request->{method} $request->{path}", 'POST /ims/token/v3', 'the address');
    is($request->{headers}{'content-type'}, 'application/x-www-form-urlencoded', 'a form');
    is($request->{text},
        "grant_type=client_credentials&client_id=cf0b4e1f2d3c4b5a&client_secret=$secret&scope=openid%2CAdobeID%2Cread_organizations",
        'what is asked');
    asks_no_more_than(1, 'one worker asks, once');

    ok($server->reload, 'a reload');
    asks_no_more_than(1, 'a reload keeps the token');

    write_credential(IMS_ENDPOINT => $edge->url, CLIENT_SECRETS => ['p8e-another-one']);
    ok($server->reload, 'a reload with another credential');
    asks_no_more_than(2, 'its token is asked for');
    unlike($server->log, qr/token service/, 'nothing is said where all is well');
    like(said_anywhere($server), qr/aep token: asked for/, 'the debug log is on')
        if AepServer::nginx_configuration() =~ /--with-debug/;
    is_clean($server, 'with one token for all workers');
};

subtest 'a token is renewed before it expires' => sub {
    $edge->mode({ action => 'token', expiresIn => 3 });
    my $server = start();
    my @requests = @{ token_requests(3) };
    my @times     = map { $_->{time} =~ /:([\d.]+)Z$/ } @requests;
    my @distances = map { my $distance = $times[$_] - $times[ $_ - 1 ]; $distance + ($distance < 0 ? 60 : 0) } 1, 2;
    ok(!(grep { $_ < 1.5 || $_ > 2.8 + AepPatience::patience(1) } @distances), "in time (@distances s)");
    is_clean($server, 'with tokens that expire');
};

subtest 'two secrets, of which one is not good any more' => sub {
    my $server = start(credential => { CLIENT_SECRETS => [ 'p8e-an-old-one', $secret ] });
    my @requests = @{ token_requests(2) };
    like($requests[0]{text}, qr/client_secret=p8e-an-old-one&/, 'the first one is tried');
    like($requests[1]{text}, qr/client_secret=$secret&/,        'then the other one');
    asks_no_more_than(2, 'which is good');
    unlike($server->log, qr/token service/, 'nothing is said');
    is_clean($server, 'with two secrets');
};

subtest 'a wrong secret' => sub {
    my $server = start(credential => { CLIENT_SECRETS => ['p8e-wrong'] });
    my $line = $server->wait_for_log(qr/\[error\].*token service/);
    like(
        $line,
        qr{Adobe's token service \(http://127\.0\.0\.1:\d+\) refuses the credential of "aep_edge_credentials": it answered 401 \(invalid_client\); back office events stay in the queue; it is asked again in \d+ s; .*CLIENT_SECRETS.*"Retrieve client secret"},
        'the log says what is wrong, and where to look'
    );
    write_credential(IMS_ENDPOINT => $edge->url);
    $server->reload;
    token_requests(2);
    ok(AepServer::wait_until(sub { grep { ($_->{answer}{status} // 0) == 200 } @{ token_requests(2) } }),
        'a reload with the right one gets a token');
    is_clean($server, 'with a wrong secret');
};

subtest 'scopes that the credential does not have' => sub {
    $edge->mode({ action => 'token', status => 400, body => { error => 'invalid_scope', error_description => "no $secret" } });
    my $server = start();
    like($server->wait_for_log(qr/\[error\].*token service/), qr/it answered 400 \(invalid_scope\).*compare them with the scopes/,
        'the log says what is wrong, and where to look');
    is_clean($server, 'with wrong scopes');
};

subtest 'an outage of the token service' => sub {
    $edge->mode({ action => 'token', status => 503, body => "no $secret", contentType => 'text/plain' });
    my $server = start();
    token_requests(3);
    like(
        $server->wait_for_log(qr/\[warn\].*token service/),
        qr{Adobe's token service \(http://127\.0\.0\.1:\d+\) gives no token: it answered 503; back office events stay in the queue; it is asked again in \d+ s},
        'the log says who is away'
    );
    $edge->recover;
    like($server->wait_for_log(qr/tokens again/), qr/\[notice\].*gives tokens again, after \d+ failures/, 'and when it is back');
    cmp_ok(scalar(() = $server->log =~ /gives no token/g), '<=', scalar @{ token_requests(1) }, 'one line for each failure of all workers');
    is_clean($server, 'with an outage');
};

subtest 'nobody listens there' => sub {
    my $server = start(credential => { IMS_ENDPOINT => 'http://127.0.0.1:1' });
    like($server->wait_for_log(qr/\[warn\].*token service/), qr/gives no token: .*connect/i, 'the log says so');
    is_clean($server, 'without a token service');
};

subtest 'a worker that dies while it fetches' => sub {
    $edge->mode({ action => 'token', hang => JSON::PP::true(), times => 1 });
    my $server = start(workers => 1);
    token_requests(1);
    kill KILL => $server->workers;
    is(scalar @{ token_requests(2) }, 2, 'another one takes its turn');
    $server->quit;
    unlike(said_anywhere($server), qr/p8e-/, 'no secret is in the log');
    $edge->clear;
};

subtest 'a token service that never answers' => sub {
    $edge->mode({ action => 'token', hang => JSON::PP::true() });
    my $server = start();
    token_requests(2);
    like($server->wait_for_log(qr/\[warn\].*token service/), qr/gives no token: .*(?:timed out|timeout)/i, 'the log says so');
    is_clean($server, 'with a token service that never answers');
};

subtest 'a token service over TLS' => sub {
    my $certificate = AepCertificate->make('localhost');
    my $service = AepEdge->start(https => 0, cert => $certificate->certificate, key => $certificate->key);
    my $trust   = 'aep_edge_trusted_certificate ' . $certificate->certificate . ';';
    my $server = start(
        credential => { IMS_ENDPOINT => 'https://localhost:' . $service->tls_port },
        http       => "aep_edge_credentials $file; $trust",
    );
    is(scalar @{ $service->requests(action => 'token', at_least => 1) }, 1, 'the authorities are those of Edge');
    is_clean($server, 'over TLS');
};

# ---- back office events with a token ----

# A small order, told apart by its number.
sub order {
    my $number = shift;
    return {
        event => 'orderPlaced',
        order => {
            entity_id => $number, increment_id => "$number", customer_email => 'shopper@shop.example',
            created_at => '2026-03-04 10:15:30', grand_total => 20.5, order_currency_code => 'EUR',
            items => [{ item_id => 1, sku => 'SKU-1', qty_ordered => 1, row_total => 20.5 }],
        },
    };
}

sub post {
    my ($server, @numbers) = @_;
    my $answer = $server->client->post('/orders', $json->encode([map { order($_) } @numbers]),
        'Content-Type' => 'application/json', Origin => undef, 'Sec-Fetch-Site' => undef);
    return $answer->{status};
}

# The numbers of the orders that the stand-in has taken, each as often as it came, once they are all there.
sub taken {
    my ($stand_in, $count) = @_;
    my @numbers;
    AepServer::wait_until(sub {
        @numbers = map { my $request = $_; map { $_->{xdm}{commerce}{order}{purchaseID} } @{ $request->{body}{events} } }
            grep { ($_->{answer}{status} // 0) =~ /^2/ } @{ $stand_in->requests(action => 'collect') };
        return @numbers >= $count;
    }, 40);
    return \@numbers;
}

# The stand-in as Adobe's authenticated host.
sub authenticated { return 'http://server.localhost:' . $_[0]->port . ' timeout=1s answer_timeout=1s' }

my $datastream = 'ebebf826-a01f-4458-8cec-ef61de241c93';

subtest 'a datastream that wants a token' => sub {
    my $strict = AepEdge->start(client => 'cf0b4e1f2d3c4b5a', 'client-secrets' => $secret, datastreams => "$datastream=authenticated");
    my $server = start(edge => authenticated($strict), credential => { IMS_ENDPOINT => $strict->url });
    is(post($server, 1 .. 5), 202, 'events are taken');
    is_deeply(taken($strict, 5), [1 .. 5], 'Edge takes them');
    my ($request) = @{ $strict->requests(action => 'collect') };
    like($request->{headers}{authorization}, qr/^Bearer \S+$/, 'with a token');
    is($request->{headers}{'x-api-key'}, 'cf0b4e1f2d3c4b5a', 'for the client');
    is($request->{headers}{'x-gw-ims-org-id'}, $organization, 'of the organization');
    is_clean($server, 'with a token');
};

subtest 'the token is refused in the middle' => sub {
    my $strict = AepEdge->start(client => 'cf0b4e1f2d3c4b5a', 'client-secrets' => $secret, datastreams => "$datastream=authenticated");
    $strict->mode({ action => 'collect', status => 401, times => 1 });
    my $server = start(edge => authenticated($strict), credential => { IMS_ENDPOINT => $strict->url });
    is(post($server, 1 .. 5), 202, 'events are taken');
    is_deeply(taken($strict, 5), [1 .. 5], 'they are sent with another one, once and in their order');
    cmp_ok(scalar @{ $strict->requests(action => 'token') }, '>=', 2, 'which was asked for');
    is_clean($server, 'with a token that was refused');
};

subtest 'the token service is away' => sub {
    my $strict = AepEdge->start(client => 'cf0b4e1f2d3c4b5a', 'client-secrets' => $secret, datastreams => "$datastream=authenticated");
    $strict->mode({ action => 'token', status => 503 });
    my $server = start(edge => authenticated($strict), credential => { IMS_ENDPOINT => $strict->url });
    is(post($server, 1 .. 5), 202, 'events are taken');
    like($server->wait_for_log(qr/\[warn\].*token service/), qr/Adobe's token service/, 'the log says who is away');
    is(scalar @{ $strict->requests(action => 'collect', timeout => 500) }, 0, 'nothing is sent without a token');
    $strict->recover;
    is_deeply(taken($strict, 5), [1 .. 5], 'nothing is lost');
    is_clean($server, 'without a token service');
};

done_testing;
